import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { lakePath, openDuck } from '@churn/lake';
import { inTransaction } from '@churn/platform';
import { eventually } from '@churn/testing';
import type { PoolClient } from 'pg';
import { FEATURES, names, ROWS, score } from './columns.ts';
import type { World } from './world.ts';

export interface FinishedRun {
  projectId?: string;
  rows?: number;
  version?: number;
  predictionDate?: string;
}

/** What a batch run leaves: its snapshot, its predictions, its row in the ledger, and word of its end. Returns its id. */
export async function finishBatchRun(world: World, run: FinishedRun = {}): Promise<string> {
  const { projectId = world.projectId, rows = ROWS, version = world.version } = run;
  const { predictionDate = '2026-03-05' } = run;
  const runId = randomUUID();
  const snapshotPath = `${projectId}/snapshots/${runId}.parquet`;
  await writeSnapshot(world, snapshotPath, rows);
  await inTransaction(world.db.pool, async (client) => {
    await client.query(
      `INSERT INTO batch_run (run_id, project_id, trigger, state, prediction_date, as_of_us, model, model_version, snapshot_path, customers)
       VALUES ($1, $2, 'manual', 'succeeded', $3, 0, $4, $5, $6, $7)`,
      [runId, projectId, predictionDate, world.model, version, snapshotPath, rows],
    );
    await replacePredictions(client, { projectId, predictionDate, runId, rows, model: world.model, version });
    await client.query(`SELECT pg_notify('churn_batch_finished', $1)`, [
      JSON.stringify({ project_id: projectId, run_id: runId }),
    ]);
  });
  return runId;
}

/** Every second row twice, the second time outside the population: it must not count. */
async function writeSnapshot({ lake }: World, relative: string, rows: number): Promise<void> {
  const path = lakePath(lake.url, relative);
  mkdirSync(dirname(path), { recursive: true });
  const line = (row: number, eligible: boolean) =>
    [...Object.values(FEATURES).map(({ now }) => now(row) ?? ''), eligible].join(',');
  const lines = Array.from({ length: rows }, (_, row) =>
    row % 2 === 0 ? [line(row, true), line(row, false)] : [line(row, true)],
  ).flat();
  const header = [...names.map((_, index) => `c${index}`), 'eligible'].join(',');
  writeFileSync(`${path}.csv`, `${header}\n${lines.join('\n')}\n`);
  const duck = await openDuck({ tempDir: lake.path });
  const columns = names.map((name, index) => `c${index}::FLOAT AS "${name}"`);
  await duck.run(
    `COPY (SELECT ${columns.join(', ')}, eligible::BOOLEAN AS eligible FROM read_csv('${path}.csv', header = true, all_varchar = true))
     TO '${path}' (FORMAT parquet)`,
  );
  await duck.close();
}

async function replacePredictions(
  client: PoolClient,
  run: Required<FinishedRun> & { runId: string; model: string },
): Promise<void> {
  const table = `churn_predictions_${run.predictionDate.replaceAll('-', '')}`;
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${table} PARTITION OF churn_predictions FOR VALUES FROM ('${run.predictionDate}') TO ('${run.predictionDate}'::date + 1)`,
  );
  await client.query('DELETE FROM churn_predictions WHERE project_id = $1 AND prediction_date = $2', [
    run.projectId,
    run.predictionDate,
  ]);
  await client.query(
    `INSERT INTO churn_predictions (project_id, prediction_date, customer_id, churn_probability, churn_risk, eligible, model, model_version, run_id, scored_at)
     SELECT $1, $2, 'c' || ordinality, p, 'low', true, $3, $4, $5, now() FROM unnest($6::real[]) WITH ORDINALITY AS scores(p)`,
    [
      run.projectId,
      run.predictionDate,
      run.model,
      run.version,
      run.runId,
      Array.from({ length: run.rows }, (_, row) => score(row)),
    ],
  );
}

/** The check of a batch run, once it has ended. */
export function checkEnded(world: World, batchRunId: string): Promise<{ id: string; state: string }> {
  return eventually(async () => {
    const { rows } = await world.db.pool.query<{ id: string; state: string }>(
      `SELECT drift_run_id AS id, state FROM drift_run WHERE batch_run_id = $1 AND state <> 'running'`,
      [batchRunId],
    );
    return rows[0];
  });
}
