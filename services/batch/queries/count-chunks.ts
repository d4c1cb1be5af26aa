import type { ChunkCounts } from '../decisions.ts';
import type { Db } from './db.ts';

interface CountRow {
  total: number;
  done: number;
  rows_done: number;
  exhausted: number;
  failing: number;
  tries: number;
  last_error: string | null;
}

/** Counts a run's ledger. Exhausted: claimed so often that it may not be again, and held by nobody. */
export async function countChunks(db: Db, runId: string, chunkAttempts: number): Promise<ChunkCounts> {
  const result = await db.query<CountRow>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE state = 'done')::int AS done,
       coalesce(sum(rows_out) FILTER (WHERE state = 'done'), 0)::bigint AS rows_done,
       count(*) FILTER (WHERE ${EXHAUSTED})::int AS exhausted,
       count(*) FILTER (WHERE ${FAILING})::int AS failing, coalesce(max(attempts) FILTER (WHERE ${FAILING}), 0) AS tries,
       (array_agg(last_error ORDER BY not_before DESC NULLS LAST) FILTER (WHERE ${FAILING}))[1] AS last_error
     FROM batch_chunk WHERE run_id = $1`,
    [runId, chunkAttempts],
  );
  const row = result.rows[0];
  return {
    total: row?.total ?? 0,
    done: row?.done ?? 0,
    rowsDone: row?.rows_done ?? 0,
    exhausted: row?.exhausted ?? 0,
    failing: row?.failing ?? 0,
    tries: row?.tries ?? 0,
    lastError: row?.last_error ?? null,
  };
}

/** It failed and is not done; whoever failed last waits longest, near enough. */
const FAILING = `state <> 'done' AND last_error IS NOT NULL`;
const EXHAUSTED = `attempts >= $2 AND (state = 'pending' OR (state = 'running' AND lease_until < clock_timestamp()))`;
