import type { Db } from './db.ts';

/** A chunk that this worker holds until its lease ends, with what it needs to know of its run. `token` proves it. */
export interface Chunk {
  runId: string;
  chunkId: number;
  token: number;
  attempts: number;
  rowFrom: number;
  rowTo: number;
  projectId: string;
  model: string;
  modelVersion: number;
  snapshotPath: string;
}

interface ChunkRow {
  token: number;
  attempts: number;
  row_from: number;
  row_to: number;
  project_id: string;
  model: string;
  model_version: number;
  snapshot_path: string;
}

/**
 * Takes a chunk that is pending or whose worker let its lease run out; null when it is done, in other hands, used up, or its run is not
 * being scored. SKIP LOCKED: a worker frozen between its last UPDATE and its COMMIT must not stop this one.
 */
export async function claimChunk(
  db: Db,
  job: { runId: string; chunkId: number },
  claim: { worker: string; leaseMs: number; chunkAttempts: number },
): Promise<Chunk | null> {
  const result = await db.query<ChunkRow>(
    `UPDATE batch_chunk c
     SET state = 'running', token = c.token + 1, attempts = c.attempts + 1, worker = $3,
         lease_until = clock_timestamp() + $4 * interval '1 ms'
     FROM (
       SELECT k.run_id, k.chunk_id, r.model, r.model_version, r.snapshot_path
       FROM batch_chunk k JOIN batch_run r USING (run_id)
       WHERE k.run_id = $1 AND k.chunk_id = $2 AND r.state = 'scoring' AND k.attempts < $5
         AND (k.state = 'pending' OR (k.state = 'running' AND k.lease_until < clock_timestamp()))
       FOR UPDATE OF k SKIP LOCKED
     ) free
     WHERE c.run_id = free.run_id AND c.chunk_id = free.chunk_id
     RETURNING c.token, c.attempts, c.row_from, c.row_to, c.project_id, free.model, free.model_version, free.snapshot_path`,
    [job.runId, job.chunkId, claim.worker, claim.leaseMs, claim.chunkAttempts],
  );
  const row = result.rows[0];
  if (row === undefined) return null;
  return {
    ...job,
    token: row.token,
    attempts: row.attempts,
    rowFrom: row.row_from,
    rowTo: row.row_to,
    projectId: row.project_id,
    model: row.model,
    modelVersion: row.model_version,
    snapshotPath: row.snapshot_path,
  };
}
