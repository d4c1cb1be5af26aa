import type { BatchRun } from '@churn/contracts';
import { createPool, withoutCredentials } from '@churn/platform';

/** Whether the CRM's database holds a run's export, or a newer one's. */
export type CrmExport = { is: 'there' | 'missing' } | { is: 'away'; why: string };

/** Looks into the CRM's database. It may be somebody else's, so that it is away is an answer, not an error. */
export async function findCrmExport(url: string, project: string, run: BatchRun): Promise<CrmExport> {
  const pool = createPool(url, { applicationName: 'churn-up', max: 1, replyTimeoutMs: 5_000 });
  try {
    const table = await pool.query<{ present: boolean }>(
      `SELECT to_regclass('high_churn_risk_export') IS NOT NULL AS present`,
    );
    if (table.rows[0]?.present !== true) return { is: 'missing' };
    const { rowCount } = await pool.query(
      'SELECT 1 FROM high_churn_risk_export WHERE project_id = $1 AND as_of_us >= $2',
      [project, Date.parse(run.as_of) * 1000],
    );
    return { is: rowCount === 1 ? 'there' : 'missing' };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    return {
      is: 'away',
      why: `the CRM's database ${withoutCredentials(url)} cannot be read (${reason}); see CRM_DATABASE_URL`,
    };
  } finally {
    await pool.end();
  }
}
