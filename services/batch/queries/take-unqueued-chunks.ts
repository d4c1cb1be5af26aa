import type { Db } from './db.ts';

export interface UnqueuedChunk {
  chunkId: number;
  token: number;
}

interface TakeRow {
  chunk_id: number;
  token: number;
}

/**
 * Chunks that somebody should work on and that the queue may not hold: never queued, queued `requeueMs` ago and still unclaimed, ready
 * again after a failure, or left by a worker whose lease ran out. Marks them as queued now, so that another look does not take them.
 */
export async function takeUnqueuedChunks(
  db: Db,
  runId: string,
  bounds: { requeueMs: number; atOnce: number; chunkAttempts: number },
): Promise<UnqueuedChunk[]> {
  const result = await db.query<TakeRow>(
    `UPDATE batch_chunk c SET enqueued_at = clock_timestamp()
     FROM (
       SELECT chunk_id FROM batch_chunk
       WHERE run_id = $1 AND state <> 'done' AND attempts < $4
         AND (state = 'pending' OR lease_until < clock_timestamp())
         AND coalesce(not_before, '-infinity') <= clock_timestamp()
         AND coalesce(enqueued_at, '-infinity') < greatest(clock_timestamp() - $2 * interval '1 ms', lease_until, not_before)
       ORDER BY chunk_id LIMIT $3 FOR UPDATE SKIP LOCKED
     ) ready
     WHERE c.run_id = $1 AND c.chunk_id = ready.chunk_id RETURNING c.chunk_id, c.token`,
    [runId, bounds.requeueMs, bounds.atOnce, bounds.chunkAttempts],
  );
  return result.rows
    .map((row) => ({ chunkId: row.chunk_id, token: row.token }))
    .sort((a, b) => a.chunkId - b.chunkId);
}
