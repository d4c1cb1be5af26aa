import type { Pool } from 'pg';

export interface LastPrediction {
  customer_id: string;
  churn_probability: number;
  eligible: boolean;
  model: string;
  model_version: number;
  scored_at: Date;
}

/** The newest stored prediction of each of these customers within so many days; by the primary key of each day's partition. */
export async function lastPredictions(
  pool: Pool,
  projectId: string,
  customerIds: readonly string[],
  days: number,
): Promise<LastPrediction[]> {
  const { rows } = await pool.query<LastPrediction>(
    `SELECT DISTINCT ON (customer_id) customer_id, churn_probability, eligible, model, model_version, scored_at
     FROM churn_predictions
     WHERE project_id = $1 AND customer_id = ANY ($2) AND prediction_date > current_date - $3::int
     ORDER BY customer_id, prediction_date DESC`,
    [projectId, customerIds, days],
  );
  return rows;
}
