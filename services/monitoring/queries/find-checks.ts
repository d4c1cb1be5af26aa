import type { DriftRun } from '@churn/contracts';
import type { Pool } from 'pg';

type Summary = Omit<DriftRun, 'results'>;

interface Row extends Omit<Summary, 'created_at' | 'finished_at'> {
  created_at: Date;
  finished_at: Date | null;
  has_report: boolean;
}

/**
 * The check of the newest day stands first, and of one day's the one of the newest run: a day long past that is caught up on is not news.
 * The gauges, the list and `latest` all keep to it. No index: it sorts one check a run of a project.
 */
const NEWEST_FIRST = 'b.prediction_date DESC, b.created_at DESC';

/** The project's checks, newest first; one of them when its id is given. */
export async function findChecks(
  pool: Pool,
  projectId: string,
  driftRunId: string | null,
  limit: number,
): Promise<Summary[]> {
  const { rows } = await pool.query<Row>(
    `SELECT d.drift_run_id, d.batch_run_id, b.prediction_date::text, d.state, d.model, d.model_version, d.reference_rows, d.current_rows,
       d.drifted, d.static, d.created_at, d.finished_at,
       CASE WHEN d.state = 'failed' THEN d.error ->> 'detail' END AS error, d.report_html IS NOT NULL AS has_report
     FROM drift_run d JOIN batch_run b ON b.run_id = d.batch_run_id
     WHERE d.project_id = $1 AND ($2::uuid IS NULL OR d.drift_run_id = $2)
     ORDER BY ${NEWEST_FIRST} LIMIT $3`,
    [projectId, driftRunId, limit],
  );
  return rows.map(({ has_report, created_at, finished_at, ...row }) => ({
    ...row,
    created_at: created_at.toISOString(),
    finished_at: finished_at?.toISOString() ?? null,
    report: has_report ? `/drift-runs/${row.drift_run_id}/report` : null,
  }));
}

/** Columns of a check, the worst first. */
export async function findResults(pool: Pool, driftRunId: string): Promise<DriftRun['results']> {
  const { rows } = await pool.query<DriftRun['results'][number]>(
    `SELECT column_name AS "column", statistics, reference_null_rate, current_null_rate, status, detail ->> 'reason' AS reason
     FROM drift_result WHERE drift_run_id = $1 ORDER BY (statistics ->> 'psi')::float8 DESC NULLS LAST, column_name`,
    [driftRunId],
  );
  return rows;
}

interface NewestCheck {
  driftRunId: string;
  project: string;
  model: string;
  finishedAt: Date;
  isStatic: boolean;
}

/** Each model's newest check that succeeded: what the gauges show. */
export async function newestChecks(pool: Pool): Promise<NewestCheck[]> {
  const { rows } = await pool.query<NewestCheck>(
    `SELECT DISTINCT ON (d.project_id, d.model) d.drift_run_id AS "driftRunId", d.project_id AS project, d.model, d.finished_at AS "finishedAt",
       coalesce(d.static, false) AS "isStatic"
     FROM drift_run d JOIN batch_run b ON b.run_id = d.batch_run_id WHERE d.state = 'succeeded'
     ORDER BY d.project_id, d.model, ${NEWEST_FIRST}`,
  );
  return rows;
}

/** The page of a check; null while there is none. */
export async function findReport(pool: Pool, driftRunId: string): Promise<string | null> {
  const { rows } = await pool.query<{ report_html: string | null }>(
    'SELECT report_html FROM drift_run WHERE drift_run_id = $1',
    [driftRunId],
  );
  return rows[0]?.report_html ?? null;
}
