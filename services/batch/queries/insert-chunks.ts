import type { ChunkRange } from '../decisions.ts';
import type { Db } from './db.ts';

/** The run's ledger: one row a range of the snapshot's rows. */
export async function insertChunks(
  db: Db,
  run: { runId: string; projectId: string },
  ranges: readonly ChunkRange[],
): Promise<void> {
  await db.query(
    `INSERT INTO batch_chunk (run_id, project_id, chunk_id, row_from, row_to)
     SELECT $1, $2, ordinal - 1, row_from, row_to
     FROM unnest($3::bigint[], $4::bigint[]) WITH ORDINALITY AS range (row_from, row_to, ordinal)`,
    [run.runId, run.projectId, ranges.map((range) => range.rowFrom), ranges.map((range) => range.rowTo)],
  );
}
