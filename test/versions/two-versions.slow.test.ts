import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrate } from '@churn/platform';
import {
  createTestDatabase,
  createTestLake,
  createTestRedis,
  eventually,
  sampleProject,
  type TestDatabase,
  type TestLake,
  type TestRedis,
} from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Balancer, send } from './balancer.ts';
import { type Checkout, checkOut, previousVersion } from './previous.ts';
import { type Running, startService } from './process.ts';
import { fillShop } from './shop.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const previous = previousVersion();
const CUSTOMERS = 2_000;
const shop = sampleProject();
/** What a next version may do to the tables that are written most. */
const ADDED = `
  ALTER TABLE event_inbox ADD COLUMN added text;
  ALTER TABLE batch_run ADD COLUMN added integer NOT NULL DEFAULT 0;
  ALTER TABLE drift_result ADD COLUMN added jsonb NOT NULL DEFAULT '{}';
  CREATE TABLE added (project_id text NOT NULL REFERENCES project);`;

if (previous === null)
  process.stderr.write(
    'SKIPPED: two versions at once; git has no version before this one (a shallow clone?)\n',
  );

(previous === null ? describe.skip : describe)(
  'the version before and this one, on the schema of this one',
  () => {
    let db: TestDatabase;
    let redis: TestRedis;
    let lake: TestLake;
    let old: Checkout;
    let settings: Record<string, string>;
    const running: Running[] = [];
    const migrations = mkdtempSync(join(tmpdir(), 'churn-migrations-'));

    const start = async (dir: string, service: string) => {
      const started = await startService(dir, service, settings);
      running.push(started);
      return started;
    };

    beforeAll(async () => {
      [db, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
      lake = createTestLake();
      old = checkOut(previous ?? '');
      cpSync(join(ROOT, 'migrations'), migrations, { recursive: true });
      writeFileSync(join(migrations, '9999_added.sql'), ADDED);
      await migrate(db.pool, migrations);
      settings = {
        DATABASE_URL: db.url,
        REDIS_URL: redis.url,
        LAKE_URL: lake.url,
        CHURN_AUTH: 'off',
        CHURN_PROJECT: shop.project,
      };
      await prepare();
    }, 120_000);

    afterAll(async () => {
      await Promise.all(running.map((service) => service.stop()));
      await redis.stop();
      await db.drop();
      lake.remove();
      old.remove();
      rmSync(migrations, { recursive: true, force: true });
    });

    async function prepare(): Promise<void> {
      const tempDir = migrations;
      await fillShop(db.pool, { project: shop, lakeUrl: lake.url, tempDir, customers: CUSTOMERS });
      const ingestion = await start(ROOT, 'ingestion');
      const built = await fetch(`${ingestion.url}/features/materialize`, { method: 'POST' });
      if (!built.ok) throw new Error(await built.text());
      await ingestion.stop();
    }

    const predict = (turn: number) => ({ path: '/predict', body: { customer_id: `c${turn % CUSTOMERS}` } });
    const order = (turn: number) => ({
      path: '/events',
      body: {
        source: 'orders',
        event_id: `order-${turn}`,
        customer_id: `c${turn % CUSTOMERS}`,
        ordered_at: new Date().toISOString(),
        amount: 12.5,
        quantity: 1,
      },
    });

    test('control of the version before starts, and leaves the schema as it is', async () => {
      const control = await start(old.dir, 'control');
      const { rows } = await db.pool.query('SELECT name FROM schema_migration ORDER BY name DESC LIMIT 1');
      expect(rows).toEqual([{ name: '9999_added.sql' }]);
      expect(await control.stop()).toBe(0);
    }, 120_000);

    test.each([
      ['inference', predict, 200],
      ['ingestion', order, 202],
    ] as const)(
      '%s is rolled forward and back under load without one request lost',
      async (service, request, accepted) => {
        const balancer = new Balancer();
        const replace = async (from: Running | undefined, dir: string) => {
          const next = await start(dir, service);
          balancer.add(next.url);
          const before = traffic?.accepted() ?? 0;
          // Both answer for a while.
          if (traffic)
            await eventually(() => (traffic?.accepted() ?? 0) > before + 200, {
              timeoutMs: 60_000,
            });
          if (from === undefined) return next;
          balancer.remove(from.url);
          expect(await from.stop()).toBe(0);
          return next;
        };
        let traffic: ReturnType<typeof send> | undefined;
        const first = await replace(undefined, old.dir);
        traffic = send(balancer, { clients: 4, hoped: accepted }, request);
        const forward = await replace(first, ROOT);
        const back = await replace(forward, old.dir);
        await traffic.stop();
        balancer.remove(back.url);
        await back.stop();
        expect(traffic.refusals).toEqual([]);
      },
      240_000,
    );

    test('a night is scored by both versions at once, whole, and its drift is checked by the version before', async () => {
      settings = { ...settings, CHURN_BATCH_CHUNK_ROWS: '100' };
      await start(old.dir, 'monitoring');
      const [older] = await Promise.all([start(old.dir, 'batch'), start(ROOT, 'batch')]);
      const headers = { 'content-type': 'application/json' };
      const begun = await fetch(`${older.url}/batch-runs`, { method: 'POST', headers, body: '{}' });
      expect(begun.status).toBe(202);
      const run = await eventually(
        async () => {
          const { rows } = await db.pool.query(
            "SELECT * FROM batch_run WHERE state IN ('succeeded', 'failed')",
          );
          return rows[0];
        },
        { timeoutMs: 90_000, everyMs: 200 },
      );
      expect(run).toMatchObject({ state: 'succeeded', customers: CUSTOMERS });
      const { rows: workers } = await db.pool.query(
        'SELECT count(DISTINCT worker)::int AS n FROM batch_chunk',
      );
      expect(workers).toEqual([{ n: 2 }]);
      const { rows } = await db.pool.query(
        'SELECT count(DISTINCT customer_id)::int AS n FROM churn_predictions',
      );
      expect(rows).toEqual([{ n: CUSTOMERS }]);
      const checked = await eventually(
        async () =>
          (await db.pool.query("SELECT state, error FROM drift_run WHERE state <> 'running'")).rows[0],
        { timeoutMs: 90_000, everyMs: 200 },
      );
      expect(checked).toEqual({ state: 'succeeded', error: null });
    }, 240_000);
  },
);
