import type { Chunk } from './claim-chunk.ts';
import type { Db } from './db.ts';

/** The holder's token, without the rest. */
export type ChunkHold = Pick<Chunk, 'runId' | 'chunkId' | 'token'>;

/** Pushes the lease out; false when another worker has the chunk or it is done. */
export async function renewChunk(db: Db, chunk: ChunkHold, leaseMs: number): Promise<boolean> {
  const result = await db.query(
    `UPDATE batch_chunk SET lease_until = clock_timestamp() + $4 * interval '1 ms'
     WHERE run_id = $1 AND chunk_id = $2 AND token = $3 AND state = 'running'`,
    [chunk.runId, chunk.chunkId, chunk.token, leaseMs],
  );
  return result.rowCount === 1;
}

/**
 * The chunk's completion, the last statement of the transaction that holds its rows: true when the token still is the holder's. False:
 * ROLLBACK, another worker has written or will write the rows.
 */
export async function completeChunk(
  db: Db,
  chunk: ChunkHold,
  outcome: { rows: number; highRisk: number; durationMs: number },
): Promise<boolean> {
  const result = await db.query(
    `UPDATE batch_chunk SET state = 'done', rows_out = $4, high_risk = $5, duration_ms = $6, lease_until = NULL, last_error = NULL,
       done_at = clock_timestamp()
     WHERE run_id = $1 AND chunk_id = $2 AND token = $3 AND state = 'running'`,
    [chunk.runId, chunk.chunkId, chunk.token, outcome.rows, outcome.highRisk, outcome.durationMs],
  );
  return result.rowCount === 1;
}

/** Gives the chunk back after a failure, not to be claimed before `inMs`. Nothing happens when another worker has it. */
export async function returnChunk(
  db: Db,
  chunk: ChunkHold,
  failure: { error: string; inMs: number },
): Promise<void> {
  await db.query(
    `UPDATE batch_chunk SET state = 'pending', lease_until = NULL, last_error = $4,
       not_before = clock_timestamp() + $5 * interval '1 ms'
     WHERE run_id = $1 AND chunk_id = $2 AND token = $3 AND state = 'running'`,
    [chunk.runId, chunk.chunkId, chunk.token, failure.error, failure.inMs],
  );
}
