import { randomUUID } from 'node:crypto';
import { inTransaction } from '@churn/platform';
import type { Pool } from 'pg';
import { attachRunTable, createRunTable, keyRunTable, runTable } from '../queries/prediction-tables.ts';

/** The day so many days before today, by the database's clock. */
export async function daysAgo(pool: Pool, days: number): Promise<string> {
  const { rows } = await pool.query<{ day: string }>(
    `SELECT ((now() AT TIME ZONE 'UTC')::date - $1::int)::text AS day`,
    [days],
  );
  return rows[0]?.day ?? '';
}

/** What a run of that day leaves: its row and one prediction, in the project's partition of the day. Returns its id. */
export async function storeDay(pool: Pool, projectId: string, predictionDate: string): Promise<string> {
  const run = { runId: randomUUID(), projectId, predictionDate, model: 'churn', modelVersion: 1 };
  await inTransaction(pool, async (client) => {
    await client.query(
      `INSERT INTO batch_run (run_id, project_id, trigger, state, prediction_date, as_of_us, attached_at, finished_at)
       VALUES ($1, $2, 'manual', 'succeeded', $3, 0, now(), now())`,
      [run.runId, projectId, predictionDate],
    );
    await createRunTable(client, run);
    await client.query(
      `INSERT INTO ${runTable(run.runId)} (customer_id, churn_probability, churn_risk, eligible) VALUES ('c1', 0.5, 'low', true)`,
    );
    await keyRunTable(client, run);
    await attachRunTable(client, run);
  });
  return run.runId;
}

/** Whose predictions of which day a reader sees, as "project day". */
export async function storedDays(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ stored: string }>(
    `SELECT project_id || ' ' || prediction_date AS stored FROM churn_predictions ORDER BY 1`,
  );
  return rows.map(({ stored }) => stored);
}

/** Tables of projects and days that there are, attached or not. */
export async function predictionTables(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ tables: number }>(
    `SELECT count(*)::int AS tables FROM pg_class WHERE relname LIKE 'churn\\_predictions\\_%' AND relkind IN ('r', 'p')`,
  );
  return rows[0]?.tables ?? 0;
}
