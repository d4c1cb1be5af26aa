import type { Duck } from '@churn/lake';
import type { Pool } from 'pg';
import type { Check } from './queries/claim-check.ts';

/** Values of one feature of the run's eligible customers; missing ones are NaN. One column at a time keeps memory flat. */
export async function readFeature(duck: Duck, path: string, feature: string): Promise<Float32Array> {
  const reader = await duck.connection.runAndReadAll(
    `SELECT "${feature.replaceAll('"', '""')}"::DOUBLE FROM read_parquet('${path.replaceAll("'", "''")}') WHERE eligible`,
  );
  const [values = []] = reader.getColumnsJS();
  return Float32Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN));
}

/** Scores of the run's eligible customers; none when a later run of the day has replaced them. */
export async function readScores(pool: Pool, check: Check): Promise<Float32Array> {
  const { rows } = await pool.query<{ churn_probability: number }>(
    `SELECT churn_probability FROM churn_predictions
     WHERE project_id = $1 AND prediction_date = $2 AND run_id = $3 AND eligible`,
    [check.projectId, check.predictionDate, check.batchRunId],
  );
  return Float32Array.from(rows, (row) => row.churn_probability);
}
