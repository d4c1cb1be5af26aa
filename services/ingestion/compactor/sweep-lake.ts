import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Context } from '../context.ts';
import { withProjectLock } from '../project-lock.ts';
import { readListedFiles } from '../queries/listed-files.ts';

/** What the service writes; other folders of the lake are not its own. */
const FOLDERS = ['segments', 'uploads', 'rejects'];
/** A file younger than this may belong to work that is under way; no upload or import takes so long. */
const AGE_MS = 24 * 3_600_000;

/**
 * Removes the files of a project that a crash left: written, but never listed by a commit. No compactor of the project runs meanwhile. Returns what
 * was removed, relative to the lake.
 */
export async function sweepLake(context: Context, projectId: string): Promise<string[]> {
  const swept = await withProjectLock(context.pool, 'compact', projectId, { wait: false }, async () => {
    const old: string[] = [];
    for (const folder of FOLDERS) old.push(...(await findOld(context, `${projectId}/${folder}`)));
    // Read after the files, so that what was committed meanwhile is known.
    const listed = await readListedFiles(context.pool, projectId);
    const orphans = old.filter((path) => !listed.has(path));
    for (const path of orphans) await rm(context.lakePath(path), { force: true });
    return orphans;
  });
  if (swept !== null && swept.length > 0)
    context.log.info('files that a crash left were removed', { project: projectId, files: swept.length });
  return swept ?? [];
}

async function findOld(context: Context, folder: string): Promise<string[]> {
  const root = context.lakePath(folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(ignoreMissing);
  const old: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(ignoreMissing);
    if ('mtimeMs' in found && context.now() - found.mtimeMs > AGE_MS)
      old.push(join(folder, relative(root, path)));
  }
  return old;
}

function ignoreMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
