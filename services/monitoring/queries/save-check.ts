import type { Drift } from '@churn/statistics';
import type { PoolClient } from 'pg';
import type { Check } from './claim-check.ts';

export interface ColumnDrift extends Drift {
  column: string;
}

export interface CheckResult {
  referenceRows: number;
  currentRows: number;
  columns: ColumnDrift[];
  /** Every source that the model reads is a finished data set: drift with time is expected. */
  isStatic: boolean;
  html: string;
}

/** Channel that hears of every check that succeeded, so that all processes show it. */
export const CHECKED_CHANNEL = 'churn_drift_checked';

/** Writes a check's result in the caller's transaction. false: somebody else has taken the check over, nothing may be kept. */
export async function saveCheck(client: PoolClient, check: Check, result: CheckResult): Promise<boolean> {
  const drifted = result.columns.filter(({ status }) => status === 'drifted').length;
  const { rowCount } = await client.query(
    `UPDATE drift_run SET state = 'succeeded', reference_rows = $3, current_rows = $4, drifted = $5, report_html = $6, static = $7, error = NULL,
       finished_at = now()
     WHERE drift_run_id = $1 AND attempts = $2 AND state = 'running'`,
    [
      check.driftRunId,
      check.attempt,
      result.referenceRows,
      result.currentRows,
      drifted,
      result.html,
      result.isStatic,
    ],
  );
  if (rowCount !== 1) return false;
  await client.query('DELETE FROM drift_result WHERE drift_run_id = $1', [check.driftRunId]);
  for (const found of result.columns) await insertColumn(client, check, found);
  await client.query('SELECT pg_notify($1, $2)', [
    CHECKED_CHANNEL,
    JSON.stringify({ project_id: check.projectId }),
  ]);
  return true;
}

async function insertColumn(client: PoolClient, check: Check, found: ColumnDrift): Promise<void> {
  await client.query(
    `INSERT INTO drift_result (drift_run_id, project_id, column_name, statistics, reference_null_rate, current_null_rate, status, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      check.driftRunId,
      check.projectId,
      found.column,
      JSON.stringify(found.statistics),
      found.referenceNullRate,
      found.currentNullRate,
      found.status,
      JSON.stringify({ reason: found.reason }),
    ],
  );
}
