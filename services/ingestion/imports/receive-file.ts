import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BadRequest, PayloadTooLarge } from '@churn/platform';
import type { Context } from '../context.ts';

export interface Received {
  path: string;
  sha256: string;
  remove(): Promise<void>;
}

const MAX_BYTES = 64 * 2 ** 30;

/** Streams an upload into a file of the lake that nobody lists, hashing it on the way. Throws PayloadTooLarge beyond 64 GiB; nothing is left then. */
export async function receiveFile(context: Context, projectId: string, body: Readable): Promise<Received> {
  const path = context.lakePath(`${projectId}/uploads/${randomUUID()}`);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  const remove = () => rm(path, { force: true });
  let size = 0;
  try {
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          size += chunk.length;
          if (size > MAX_BYTES)
            throw new PayloadTooLarge(
              'file-too-large',
              `The file is larger than ${MAX_BYTES} bytes. Split it.`,
            );
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
    );
  } catch (error) {
    await remove();
    if (isCutOff(error))
      throw new BadRequest(
        'upload-cut-off',
        'The upload ended too soon, so nothing was imported. Send it again.',
      );
    throw error;
  }
  return { path, sha256: hash.digest('hex'), remove };
}

/** Whether the sender went away; a full disk is another matter. */
function isCutOff(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
