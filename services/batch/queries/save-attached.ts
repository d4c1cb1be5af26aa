import type { Db } from './db.ts';
import { type RunHold, requireHeld } from './hold-run.ts';

/** The predictions are visible. Returns the eligible customers of high risk. Throws LeaseLost. */
export async function saveAttached(db: Db, run: RunHold): Promise<number> {
  const result = await db.query<{ high_risk: number }>(
    `UPDATE batch_run SET attached_at = clock_timestamp(),
       high_risk = (SELECT coalesce(sum(high_risk), 0) FROM batch_chunk WHERE run_id = $1)
     WHERE run_id = $1 AND token = $2 RETURNING high_risk`,
    [run.runId, run.token],
  );
  requireHeld(result.rowCount, run);
  return result.rows[0]?.high_risk ?? 0;
}
