import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { checkSegments, SegmentDamaged } from './check-segments.ts';
import { lakePath } from './lake-path.ts';
import type { Segment } from './segments.ts';

/**
 * Runs `read` over segments whose files were looked at first. When it fails, every file is compared with its SHA-256, so that damage inside
 * one is told as SegmentDamaged with its name and remedy instead of DuckDB's words. Other failures are passed on.
 */
export async function readSegments<T>(
  segments: readonly Segment[],
  lakeUrl: string,
  read: () => Promise<T>,
): Promise<T> {
  await checkSegments(segments, lakeUrl);
  try {
    return await read();
  } catch (error) {
    if (isOfReading(error)) await findDamage(segments, lakeUrl, error);
    throw error;
  }
}

/** DuckDB's words for what it decodes: only after them is it worth reading the lake once more. */
function isOfReading(error: unknown): boolean {
  return /parquet|IO Error|Invalid|Serialization|ZSTD|decompress|thrift|corrupt|out of (range|buffer)/i.test(
    String(error),
  );
}

async function findDamage(segments: readonly Segment[], lakeUrl: string, cause: unknown): Promise<void> {
  await checkSegments(segments, lakeUrl);
  for (const segment of segments) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(lakePath(lakeUrl, segment.path))) hash.update(chunk);
    if (hash.digest('hex') !== segment.sha256)
      throw new SegmentDamaged(segment, 'has other content than was written', cause);
  }
}
