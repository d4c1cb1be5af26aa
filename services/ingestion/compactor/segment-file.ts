import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Duck } from '@churn/lake';
import type { Context } from '../context.ts';

export interface SegmentFile {
  /** Relative to the lake. */
  path: string;
  sha256: string;
  bytes: number;
}

interface Request {
  projectId: string;
  source: string;
  /** What the name begins with: positions, or the file that the rows come from. */
  from: number | string;
  to: number | string;
  select: string;
}

/** Writes a query's rows as Parquet under a name made of where they are from and what they hold: the same rows give the same file. */
export async function segmentFile(
  context: Context,
  duck: Duck,
  { projectId, source, from, to, select }: Request,
): Promise<SegmentFile> {
  const folder = `${projectId}/segments/${source}`;
  const temporary = context.lakePath(`${folder}/.${randomUUID()}.tmp`);
  await mkdir(dirname(temporary), { recursive: true });
  await duck.run(
    `COPY (${select}) TO '${temporary.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  const sha256 = await hashFile(temporary);
  const path = `${folder}/${from}-${to}-${sha256.slice(0, 16)}.parquet`;
  const { size } = await stat(temporary);
  await rename(temporary, context.lakePath(path));
  return { path, sha256, bytes: size };
}

/** SHA-256 (hex) of a file. */
async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
