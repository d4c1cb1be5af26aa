import { open } from 'node:fs/promises';
import { LakeError, lakePath } from './lake-path.ts';
import type { Segment } from './segments.ts';

/** A Parquet file begins and ends with these four bytes. */
const MAGIC = 'PAR1';
/** Files looked at at once. */
const AT_ONCE = 32;

/** A file of the lake is not what the list of segments says. */
export class SegmentDamaged extends LakeError {
  override name = 'SegmentDamaged';

  constructor(segment: Segment, fault: string, cause?: unknown) {
    super(
      `Segment ${segment.path} of source ${segment.source} (${segment.rows} events) ${fault}. Put the file back from a backup of the lake: ${segment.bytes} bytes, SHA-256 ${segment.sha256}.`,
      { cause },
    );
  }
}

/**
 * Throws SegmentDamaged for the first segment whose file is missing, unreadable, of another length than it was written with, or no Parquet.
 * Its content is not read: damage within is found when DuckDB decodes it, and then explained by findDamage.
 */
export async function checkSegments(segments: readonly Segment[], lakeUrl: string): Promise<void> {
  for (let at = 0; at < segments.length; at += AT_ONCE) {
    const some = segments.slice(at, at + AT_ONCE);
    const faults = await Promise.all(
      some.map((segment) => faultOf(lakePath(lakeUrl, segment.path), segment)),
    );
    for (const fault of faults) if (fault !== null) throw fault;
  }
}

async function faultOf(path: string, segment: Segment): Promise<SegmentDamaged | null> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size !== segment.bytes)
      return new SegmentDamaged(segment, `has ${size} bytes instead of ${segment.bytes}`);
    for (const at of [0, size - MAGIC.length]) {
      const { buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, at);
      if (buffer.toString('latin1') !== MAGIC)
        return new SegmentDamaged(segment, 'is no Parquet file any more');
    }
    return null;
  } catch (error) {
    const missing = String(error).includes('ENOENT');
    return new SegmentDamaged(segment, missing ? 'is missing' : `cannot be read: ${error}`, error);
  }
}
