import type { PoolClient } from 'pg';
import type { Run } from './claim-run.ts';

/** The CRM reads this one. */
export const CRM_TABLE = 'high_churn_risk_customers';

const CRM_TABLES = `
CREATE TABLE ${CRM_TABLE} (
  project_id          text NOT NULL,
  customer_id         text NOT NULL,
  churn_probability   real NOT NULL,
  churn_risk          text NOT NULL,
  total_spent_30d     real,                         -- null in a project without a feature of that name
  days_since_last_txn integer,                      -- likewise
  features            jsonb NOT NULL,
  prediction_date     date NOT NULL,
  model               text NOT NULL,
  model_version       integer NOT NULL,
  exported_at         timestamptz NOT NULL,
  PRIMARY KEY (project_id, customer_id)
);
-- Whose export stands, also when it has no rows: an older run must not overwrite a newer one's.
CREATE TABLE high_churn_risk_export (
  project_id  text PRIMARY KEY,
  run_id      uuid NOT NULL,
  as_of_us    bigint NOT NULL
)`;

/** Creates the CRM's tables where they are missing; where they exist, no right to create is needed. */
export async function ensureCrmTables(client: PoolClient): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('churn crm export', 0))`);
  const found = await client.query<{ present: boolean }>(
    `SELECT to_regclass('${CRM_TABLE}') IS NOT NULL AS present`,
  );
  if (found.rows[0]?.present !== true) await client.query(CRM_TABLES);
}

/** Marks the run's export as the one that stands, and holds that row until the transaction ends; false when a newer run's stands. */
export async function takeExport(
  client: PoolClient,
  run: Pick<Run, 'projectId' | 'runId' | 'asOfUs'>,
): Promise<boolean> {
  const result = await client.query(
    `INSERT INTO high_churn_risk_export AS e (project_id, run_id, as_of_us) VALUES ($1, $2, $3)
     ON CONFLICT (project_id) DO UPDATE SET run_id = excluded.run_id, as_of_us = excluded.as_of_us
     WHERE e.as_of_us <= excluded.as_of_us`,
    [run.projectId, run.runId, run.asOfUs],
  );
  return result.rowCount === 1;
}
