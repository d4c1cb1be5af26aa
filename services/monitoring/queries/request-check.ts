import type { Pool } from 'pg';

/**
 * Asks for the check of a finished batch run, again if there was one; returns its id, or null when there is no such run. What an earlier attempt
 * found goes at once: a check's figures are always those of the attempt whose state it shows, also when the new one fails.
 */
export async function requestCheck(
  pool: Pool,
  projectId: string,
  batchRunId: string,
): Promise<string | null> {
  const { rows } = await pool.query<{ drift_run_id: string }>(
    `WITH asked AS (
       INSERT INTO drift_run (project_id, batch_run_id, model, model_version, attempts, lease_until)
       SELECT project_id, run_id, model, model_version, 0, now() FROM batch_run
       WHERE project_id = $1 AND run_id = $2 AND state = 'succeeded' AND model IS NOT NULL
       ON CONFLICT (batch_run_id) DO UPDATE SET state = 'running', attempts = drift_run.attempts + 1, tries = 0, lease_until = now(), error = NULL,
         finished_at = NULL, reference_rows = NULL, current_rows = NULL, drifted = NULL, report_html = NULL, static = NULL
       RETURNING drift_run_id
     ), forgotten AS (DELETE FROM drift_result WHERE drift_run_id IN (SELECT drift_run_id FROM asked))
     SELECT drift_run_id FROM asked`,
    [projectId, batchRunId],
  );
  return rows[0]?.drift_run_id ?? null;
}
