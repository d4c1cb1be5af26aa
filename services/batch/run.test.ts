import { batchRun, batchRunList } from '@churn/contracts';
import { eventually, HIGH } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import { createBatchMetrics } from './metrics.ts';
import { lastSuccesses } from './queries/last-successes.ts';
import type { Service } from './service.ts';
import { tally } from './testing/tally.ts';
import { createWorld, NOW_MS, RISK_DAYS, type World } from './testing/world.ts';

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld({ customers: 1_000, chunkRows: 150 });
  service = await world.start();
});
afterAll(() => world.close());

const call = async (method: string, path: string, body?: object) => {
  const response = await fetch(service.url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const parsed: unknown = await response.json();
  return { status: response.status, body: parsed };
};
const started = z.object({ run_id: z.string() });

async function runToEnd(request: object = {}) {
  const { status, body } = await call('POST', '/batch-runs', request);
  expect({ status, body }).toEqual({ status: 202, body: { run_id: expect.any(String) } });
  return ended(started.parse(body).run_id);
}

function ended(id: string) {
  return eventually(
    async () => {
      const run = batchRun.parse((await call('GET', `/batch-runs/${id}`)).body);
      return run.state === 'succeeded' || run.state === 'failed' ? run : null;
    },
    { timeoutMs: 30_000 },
  );
}

/** Of customers 0..n-1, whose last order is i % 240 days and an hour before now. */
const daysAgo = (i: number) => i % 240;
const expectedHigh = () =>
  Array.from({ length: 1_000 }, (_, i) => daysAgo(i)).filter((days) => days >= RISK_DAYS && days <= 180)
    .length;

describe('a batch run', () => {
  test('scores every known customer once, and says how far it is', async () => {
    const listener = new pg.Client({ connectionString: world.db.url });
    await listener.connect();
    await listener.query('LISTEN churn_batch_finished');
    const finished = new Promise((resolve) => listener.on('notification', ({ payload }) => resolve(payload)));

    const run = await runToEnd();

    expect(run).toMatchObject({
      state: 'succeeded',
      error: null,
      prediction_date: '2026-03-05',
      as_of: '2026-03-05T10:00:00.000Z',
      model: 'churn',
      model_version: 1,
      customers: 1_000,
      high_risk: expectedHigh(),
      chunks: 7,
      chunks_done: 7,
      done: 1_000,
      total: 1_000,
    });
    expect(await tally(world.db.pool, 'shop', '2026-03-05')).toEqual({
      rows: 1_000,
      distinct: 1_000,
      high: expectedHigh(),
    });
    expect(JSON.parse(String(await finished))).toEqual({ project_id: 'shop', run_id: run.run_id });
    await listener.end();
  });

  test('knows customers outside the population, but does not hand them to the CRM', async () => {
    const { rows } = await world.db.pool.query(
      `SELECT customer_id, eligible, churn_probability::float8 AS p, churn_risk FROM churn_predictions
       WHERE project_id = 'shop' AND customer_id IN ('c10', 'c100', 'c200') ORDER BY customer_id`,
    );
    expect(rows).toEqual([
      { customer_id: 'c10', eligible: true, p: expect.closeTo(1 - HIGH, 6), churn_risk: 'low' },
      { customer_id: 'c100', eligible: true, p: expect.closeTo(HIGH, 6), churn_risk: 'high' },
      { customer_id: 'c200', eligible: false, p: expect.closeTo(HIGH, 6), churn_risk: 'high' },
    ]);
    const exported = await world.db.pool.query(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE customer_id = 'c200')::int AS outside FROM high_churn_risk_customers`,
    );
    expect(exported.rows).toEqual([{ n: expectedHigh(), outside: 0 }]);
  });

  test("gives the CRM the customer's own features beside the score", async () => {
    // c100 ordered 100, 109 and 118 days ago: nothing within 90 days.
    const { rows } = await world.db.pool.query(
      `SELECT * FROM high_churn_risk_customers WHERE customer_id = 'c100'`,
    );
    expect(rows).toEqual([
      expect.objectContaining({
        project_id: 'shop',
        churn_risk: 'high',
        total_spent_30d: null,
        days_since_last_txn: null,
        features: { spend_90d: 0 },
        model: 'churn',
        model_version: 1,
      }),
    ]);
  });

  test('of the same day replaces what that day had', async () => {
    world.nowMs = NOW_MS + 3_600_000;
    const run = await runToEnd();
    const { rows } = await world.db.pool.query('SELECT DISTINCT run_id FROM churn_predictions');
    expect(rows).toEqual([{ run_id: run.run_id }]);
    expect(await tally(world.db.pool, 'shop', '2026-03-05')).toMatchObject({ rows: 1_000, distinct: 1_000 });
    const tables = await world.db.pool.query(
      `SELECT relname FROM pg_class WHERE relname LIKE 'churn\\_predictions\\_r\\_%' AND relkind = 'r'`,
    );
    expect(tables.rows).toHaveLength(1);
  });

  test('of a day before leaves the export of a later day in place', async () => {
    const before = await world.db.pool.query('SELECT * FROM high_churn_risk_customers ORDER BY customer_id');
    const run = await runToEnd({ prediction_date: '2026-02-01' });
    expect(run).toMatchObject({ state: 'succeeded', as_of: '2026-02-02T00:00:00.000Z', exported_at: null });
    expect(run.step).toMatch(/newer run's export/);
    const after = await world.db.pool.query('SELECT * FROM high_churn_risk_customers ORDER BY customer_id');
    expect(after.rows).toEqual(before.rows);
    expect((await tally(world.db.pool, 'shop', '2026-02-01')).rows).toBeGreaterThan(0);
    expect((await tally(world.db.pool, 'shop', '2026-03-05')).rows).toBe(1_000);
  });
});

describe('a request', () => {
  test('meets the open run of the project, by name', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/batch-runs', {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    const id = started.parse(answers.find(({ status }) => status === 202)?.body).run_id;
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body).toMatchObject({ type: 'urn:churn:problem:batch-run-open', run_id: id });
    }
    expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  });

  test('for a day that has not come, or an unknown run, says what to do', async () => {
    expect(await call('POST', '/batch-runs', { prediction_date: '2026-04-01' })).toMatchObject({
      status: 422,
    });
    expect(await call('GET', '/batch-runs/7c0f6d1e-0000-4000-8000-000000000000')).toMatchObject({
      status: 404,
    });
    expect(await call('POST', '/batch-runs/7c0f6d1e-0000-4000-8000-000000000000/resume')).toMatchObject({
      status: 404,
    });
  });

  test('for a day before the first event says which day that was, and starts nothing', async () => {
    const runs = async () => (await world.db.pool.query('SELECT FROM batch_run')).rowCount;
    const before = await runs();
    // The oldest order lies 239 + 18 days and an hour before now.
    const answer = (day: string) => call('POST', '/batch-runs', { prediction_date: day });
    expect(await answer('1990-01-01')).toMatchObject({
      status: 422,
      body: {
        type: 'urn:churn:problem:prediction-date-before-events',
        detail: expect.stringMatching(
          /first event of source orders, on 2025-06-21: .* Give 2025-06-21 or a later day/,
        ),
      },
    });
    expect(await answer('2025-06-20')).toMatchObject({ status: 422 });
    expect(await runs()).toBe(before);
    expect(await runToEnd({ prediction_date: '2025-06-21' })).toMatchObject({ state: 'succeeded' });
  });

  test('to resume a run that has not failed is refused', async () => {
    const { body } = await call('GET', '/batch-runs?limit=1');
    const [newest] = batchRunList.parse(body).runs;
    const refused = await call('POST', `/batch-runs/${newest?.run_id}/resume`);
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('it is succeeded') },
    });
  });

  test('of a project without a Production model is refused', async () => {
    const response = await fetch(`${service.url}/batch-runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-churn-project': 'elsewhere' },
      body: '{}',
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ type: 'urn:churn:problem:no-production-model' });
  });
});

test('a process that has just started knows when a run last succeeded', async () => {
  const { queue, pool } = service.context;
  const started = createBatchMetrics({ queue, lastSuccesses: () => lastSuccesses(pool) });
  expect(await started.registry.metrics()).toMatch(
    /^batch_run_last_success_timestamp_seconds\{project="shop",service="batch"\} 1\d{9}/m,
  );
  const without = createBatchMetrics({ queue, lastSuccesses: () => Promise.reject(new Error('away')) });
  expect(await without.registry.metrics()).not.toContain('batch_run_last_success_timestamp_seconds{');
});

test('metrics tell of the last run and of the queue', async () => {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  for (const line of [
    /^batch_run_last_success_timestamp_seconds\{project="shop",service="batch"\} 1\d+/m,
    /^batch_chunk_duration_seconds_count\{service="batch"\} [1-9]/m,
    /^batch_run_duration_seconds_count\{service="batch"\} [1-9]/m,
    /^batch_customers_scored_total\{service="batch"\} \d{4}/m,
    /^batch_run_high_risk_customers\{project="shop",service="batch"\} \d+/m,
    /^batch_queue_depth\{state="waiting",service="batch"\} 0/m,
    /^batch_queue_oldest_seconds\{service="batch"\} 0/m,
  ]) {
    expect(text).toMatch(line);
  }
});
