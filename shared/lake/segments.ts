import { createHash } from 'node:crypto';
import type pg from 'pg';

/** An immutable Parquet file of the lake. A row's position is positionFrom + its column row_offset. */
export interface Segment {
  segmentId: string;
  source: string;
  /** Relative to LAKE_URL. */
  path: string;
  sha256: string;
  rows: number;
  bytes: number;
  positionFrom: number;
  positionTo: number;
  minOccurredUs: number;
  maxOccurredUs: number;
}

export interface NewSegment extends Omit<Segment, 'segmentId'> {
  projectId: string;
  /** The file import it came from; null: from the inbox. */
  importId: string | null;
}

/** Adds a segment to the lake's list and returns its id; its file must be complete. Run it in the transaction that takes its positions. */
export async function insertSegment(client: pg.Pool | pg.PoolClient, segment: NewSegment): Promise<string> {
  const result = await client.query<{ segment_id: string }>(
    `INSERT INTO segment (project_id, source, path, sha256, rows, bytes, position_from, position_to, min_occurred_us, max_occurred_us, import_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING segment_id`,
    [
      segment.projectId,
      segment.source,
      segment.path,
      segment.sha256,
      segment.rows,
      segment.bytes,
      segment.positionFrom,
      segment.positionTo,
      segment.minOccurredUs,
      segment.maxOccurredUs,
      segment.importId,
    ],
  );
  return result.rows[0]?.segment_id ?? '';
}

interface SegmentRow extends Record<string, unknown> {
  segment_id: string;
  source: string;
  path: string;
  sha256: string;
  rows: string | number;
  bytes: string | number;
  position_from: string | number;
  position_to: string | number;
  min_occurred_us: string | number;
  max_occurred_us: string | number;
}

/** The project's segments with at least one row up to that position (default: all), by position. */
export async function listSegments(
  client: pg.Pool | pg.PoolClient,
  projectId: string,
  upToPosition?: number,
): Promise<Segment[]> {
  const result = await client.query<SegmentRow>(
    `SELECT segment_id, source, path, sha256, rows, bytes, position_from, position_to, min_occurred_us, max_occurred_us
     FROM segment WHERE project_id = $1 AND position_from <= $2 ORDER BY position_from, path`,
    [projectId, upToPosition ?? Number.MAX_SAFE_INTEGER],
  );
  return result.rows.map((row) => ({
    segmentId: row.segment_id,
    source: row.source,
    path: row.path,
    sha256: row.sha256,
    rows: Number(row.rows),
    bytes: Number(row.bytes),
    positionFrom: Number(row.position_from),
    positionTo: Number(row.position_to),
    minOccurredUs: Number(row.min_occurred_us),
    maxOccurredUs: Number(row.max_occurred_us),
  }));
}

/** Identity of a data set: SHA-256 (hex) over its segments' source, positions and content, whatever order they are listed in. */
export function datasetVersion(segments: readonly Segment[]): string {
  const lines = segments.map((s) => `${s.source} ${s.positionFrom} ${s.positionTo} ${s.sha256}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
