import type { Pool } from 'pg';
import type { Check } from './claim-check.ts';

/** Ends a check that failed, or leaves it to be tried again after a pause. Nothing happens when somebody else holds it now. */
export async function settleCheck(
  pool: Pool,
  check: Check,
  failure: { detail: string; retryMs: number | null },
): Promise<void> {
  const problem = { type: 'about:blank', title: 'Drift check failed', status: 500, detail: failure.detail };
  await pool.query(
    `UPDATE drift_run SET error = $3,
       state = CASE WHEN $4::float8 IS NULL THEN 'failed' ELSE state END,
       finished_at = CASE WHEN $4::float8 IS NULL THEN now() END,
       lease_until = now() + coalesce($4::float8, 0) * interval '1 ms'
     WHERE drift_run_id = $1 AND attempts = $2 AND state = 'running'`,
    [check.driftRunId, check.attempt, JSON.stringify(problem), failure.retryMs],
  );
}
