import { isAbsolute, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The lake cannot be used as asked; the message says what to change. */
export class LakeError extends Error {
  override name = 'LakeError';
}

/** The file system path of `relative` inside the lake at `lakeUrl` (file:///...). Throws LakeError for one that leads outside. */
export function lakePath(lakeUrl: string, relative: string): string {
  if (!lakeUrl.startsWith('file:///')) {
    throw new LakeError(`LAKE_URL is "${lakeUrl}"; it must be a folder as file:///absolute/path`);
  }
  const root = fileURLToPath(lakeUrl);
  const path = resolve(root, normalize(relative));
  const inside = path.startsWith(root.endsWith(sep) ? root : root + sep);
  if (inside && !isAbsolute(relative) && !relative.includes('\0')) return path;
  throw new LakeError(
    `"${relative}" leads outside the lake at ${lakeUrl}; paths in the lake are relative and stay below it`,
  );
}
