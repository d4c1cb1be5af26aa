import type { Db } from './db.ts';

/** Channel that tells coordinators to look for a turn now. */
export const WAKE_CHANNEL = 'churn_batch_wake';

/** Gives the run a turn at once when its last chunk is done, and wakes every coordinator. */
export async function wakeFinishedRun(db: Db, runId: string): Promise<void> {
  await db.query(
    `WITH last AS (
       UPDATE batch_run SET next_turn_at = clock_timestamp()
       WHERE run_id = $1 AND state = 'scoring' AND NOT EXISTS (SELECT FROM batch_chunk WHERE run_id = $1 AND state <> 'done')
       RETURNING run_id
     ) SELECT pg_notify('${WAKE_CHANNEL}', '') FROM last`,
    [runId],
  );
}
