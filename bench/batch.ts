/**
 * A batch run over generated customers, on a Postgres and a Redis of its own: rows per second of each step.
 * Usage: node bench/batch.ts [customers, default 1000000]. Ends by itself within 10 minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPostgres, startRedis } from '@churn/embedded';
import { findModel } from '@churn/features';
import { createPool, migrate } from '@churn/platform';
import { insertProject, promoteTrees } from '@churn/testing';
import project from '../examples/cdnow/churn.project.ts';
import { loadBatchConfig } from '../services/batch/config.ts';
import type { Hooks } from '../services/batch/hooks.ts';
import { startBatchService } from '../services/batch/service.ts';
import { generatedTrees } from '../services/batch/testing/generated-trees.ts';

import { insertSampleOrders } from '../services/batch/testing/sample-orders.ts';
import { report, whole } from './harness/report.ts';

const CUSTOMERS = Number(process.argv[2] ?? 1_000_000);
const ORDERS_EACH = 8;
const NOW_MS = Date.parse('2026-03-05T10:00:00Z');
const LIMIT_MS = 10 * 60_000;

setTimeout(() => {
  console.error(`not done within ${LIMIT_MS / 60_000} minutes`);
  process.exit(1);
}, LIMIT_MS).unref();

/** First and last time (ms) that a point was reached, and the time spent between points of a chunk. */
function createClock(): {
  hooks: Hooks;
  first: Map<string, number>;
  last: Map<string, number>;
  spent: Map<string, number>;
} {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  const spent = new Map<string, number>();
  const chunks = new Map<number, { point: string; at: number }>();
  const hooks: Hooks = {
    async at(point, { chunkId }) {
      const now = performance.now();
      if (!first.has(point)) first.set(point, now);
      last.set(point, now);
      if (chunkId === undefined) return;
      const before = chunks.get(chunkId);
      if (before !== undefined) {
        const leg = `${before.point} -> ${point}`;
        spent.set(leg, (spent.get(leg) ?? 0) + now - before.at);
      }
      chunks.set(chunkId, { point, at: now });
    },
  };
  return { hooks, first, last, spent };
}

const dir = await mkdtemp(join(tmpdir(), 'churn-bench-'));
const [postgres, redis] = await Promise.all([
  startPostgres({ dir: join(dir, 'postgres'), removeOnStop: true }),
  startRedis({ dir: join(dir, 'redis'), aof: true, removeOnStop: true }),
]);
const clock = createClock();
const pool = createPool(postgres.url, { applicationName: 'bench' });
try {
  await migrate(pool, 'migrations');
  const model = findModel(project);
  const hash = await insertProject(pool, project);
  const lakeUrl = pathToFileURL(join(dir, 'lake')).href;
  await insertSampleOrders(pool, {
    projectId: project.project,
    source: 'transactions',
    lakeUrl,
    tempDir: dir,
    customers: CUSTOMERS,
    ordersEach: ORDERS_EACH,
    segments: 4,
    endMs: NOW_MS,
  });
  const trees = generatedTrees({ trees: 100, depth: 4, features: model.features.length, seed: 1 });
  await promoteTrees(pool, { projectId: project.project, model, hash }, trees);
  await printReport(await run(lakeUrl));
} finally {
  await pool.end();
  await Promise.all([postgres.stop(), redis.stop()]);
  await rm(dir, { recursive: true, force: true });
}

async function run(lakeUrl: string): Promise<{ startMs: number; endMs: number; high: number }> {
  const service = await startBatchService(
    loadBatchConfig({
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      LAKE_URL: lakeUrl,
      PORT: '0',
      LOG_LEVEL: 'warn',
      CHURN_AUTH: 'off',
      CHURN_PROJECT: project.project,
    }),
    { now: () => NOW_MS, hooks: clock.hooks },
  );
  const startMs = performance.now();
  const accepted = await fetch(`${service.url}/batch-runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (accepted.status !== 202) throw new Error(await accepted.text());
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { rows } = await pool.query('SELECT state, high_risk, error FROM batch_run');
    if (rows[0].state === 'failed') throw new Error(JSON.stringify(rows[0].error));
    if (rows[0].state !== 'succeeded') continue;
    const endMs = performance.now();
    await service.close();
    return { startMs, endMs, high: rows[0].high_risk };
  }
}

async function printReport({
  startMs,
  endMs,
  high,
}: {
  startMs: number;
  endMs: number;
  high: number;
}): Promise<void> {
  const at = (times: Map<string, number>, point: string) => times.get(point) ?? Number.NaN;
  const steps: [string, number, number][] = [
    ['snapshot', at(clock.first, 'frozen'), at(clock.first, 'snapshot')],
    ['scoring + write', at(clock.first, 'snapshot'), at(clock.last, 'committed')],
    ['key + attach', at(clock.last, 'committed'), at(clock.last, 'attached')],
    [`export of ${high}`, at(clock.last, 'attached'), at(clock.last, 'exported')],
    ['total', startMs, endMs],
  ];
  const { rows } = await pool.query(
    'SELECT count(*) AS n, count(DISTINCT customer_id) AS d FROM churn_predictions',
  );
  const seconds = (from: number, to: number) => (to - from) / 1000;
  report({
    title: `Batch of ${whole(CUSTOMERS)} customers`,
    command: 'node bench/batch.ts',
    what: `One process, the default of two chunks at a time; ${whole(CUSTOMERS * ORDERS_EACH)} events, ${findModel(project).features.length} features, 100 trees of depth 4; ${whole(rows[0].n)} predictions of ${whole(rows[0].d)} customers in Postgres.`,
    header: ['step', 'seconds', 'customers/s'],
    rows: steps.map(([name, from, to]) => [
      name,
      seconds(from, to).toFixed(2),
      whole(CUSTOMERS / seconds(from, to)),
    ]),
  });
  report({
    title: 'Where the time of its chunks goes',
    command: 'node bench/batch.ts',
    what: 'Two chunks at a time; the sum over all of them.',
    header: ['leg of a chunk', 'seconds'],
    rows: [...clock.spent].map(([leg, spent]) => [leg, seconds(0, spent).toFixed(2)]),
  });
}
