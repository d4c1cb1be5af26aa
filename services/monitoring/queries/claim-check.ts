import type { Pool } from 'pg';

/**
 * A check to be done, and the batch run that it looks at. `attempt` fences: only the last claimer may write its result. `tries`: how often it
 * was begun since it was asked for, this time included, also by processes that died of it.
 */
export interface Check {
  driftRunId: string;
  projectId: string;
  batchRunId: string;
  attempt: number;
  tries: number;
  model: string;
  modelVersion: number;
  snapshotPath: string;
  predictionDate: string;
}

/** Makes a check for each finished batch run of the last 30 days that has none. */
export async function addChecks(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `INSERT INTO drift_run (project_id, batch_run_id, model, model_version, attempts, lease_until)
     SELECT project_id, run_id, model, model_version, 0, now()
     FROM batch_run b
     WHERE state = 'succeeded' AND model IS NOT NULL AND created_at > now() - interval '30 days'
       AND NOT EXISTS (SELECT 1 FROM drift_run d WHERE d.batch_run_id = b.run_id)
     ON CONFLICT DO NOTHING`,
  );
  return rowCount ?? 0;
}

/** Takes the check that has waited longest and nobody holds, or null. */
export async function claimCheck(pool: Pool, leaseMs: number): Promise<Check | null> {
  const { rows } = await pool.query<Check>(
    `UPDATE drift_run d SET attempts = d.attempts + 1, tries = d.tries + 1, lease_until = now() + $1 * interval '1 ms'
     FROM batch_run b
     WHERE b.run_id = d.batch_run_id AND d.drift_run_id = (
       SELECT drift_run_id FROM drift_run WHERE state = 'running' AND lease_until <= now()
       ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1)
     RETURNING d.drift_run_id AS "driftRunId", d.project_id AS "projectId", d.batch_run_id AS "batchRunId", d.attempts AS attempt, d.tries,
       d.model, d.model_version AS "modelVersion", coalesce(b.snapshot_path, '') AS "snapshotPath", b.prediction_date::text AS "predictionDate"`,
    [leaseMs],
  );
  return rows[0] ?? null;
}
