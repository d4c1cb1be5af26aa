import type { Pool } from 'pg';

export interface Tally {
  rows: number;
  distinct: number;
  high: number;
}

/** What churn_predictions holds of a project: rows = distinct when each customer is there once. */
export async function tally(pool: Pool, projectId: string, predictionDate: string): Promise<Tally> {
  const { rows } = await pool.query<Tally>(
    `SELECT count(*)::int AS rows, count(DISTINCT customer_id)::int AS distinct,
       (count(*) FILTER (WHERE eligible AND churn_risk = 'high'))::int AS high
     FROM churn_predictions WHERE project_id = $1 AND prediction_date = $2`,
    [projectId, predictionDate],
  );
  return rows[0] ?? { rows: 0, distinct: 0, high: 0 };
}
