/**
 * How many bytes a customer, an event and a prediction take in Redis, in the lake and in Postgres.
 * Usage: node bench/footprint.ts [customers, default 200000]. Sizes, not times: it may run on a busy machine. Ends within 5 minutes.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findModel } from '@churn/features';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import project from '../examples/cdnow/churn.project.ts';
import { type Platform, withPlatform } from './harness/platform.ts';
import { report, whole } from './harness/report.ts';
import { prepareShop } from './harness/shop.ts';

const CUSTOMERS = Number(process.argv[2] ?? 200_000);
const ORDERS_EACH = 8;
const POSTED = 100_000;
const BODY = 1_000;

await withPlatform(5 * 60_000, async (platform) => {
  const empty = await redisBytes(platform);
  await prepareShop(platform, project, { customers: CUSTOMERS, ordersEach: ORDERS_EACH });
  const state = (await redisBytes(platform)) - empty;
  const events = CUSTOMERS * ORDERS_EACH;
  const lake = folderBytes(fileURLToPath(`${platform.lakeUrl}/${project.project}/segments`));
  const predictions = await runBatch(platform);
  const identity = await postEvents(platform);
  report({
    title: 'What is kept',
    command: 'node bench/footprint.ts',
    what: `${whole(CUSTOMERS)} customers with ${ORDERS_EACH} purchases each, ${findModel(project).features.length} features; then a batch run, and ${whole(POSTED)} events posted with a key. Postgres with its indexes, after VACUUM.`,
    header: ['of', 'where', 'bytes each'],
    rows: [
      ['customer (online state)', 'Redis, features', whole(state / CUSTOMERS)],
      ['event', 'lake, Parquet', (lake / events).toFixed(1)],
      ['prediction a night', 'Postgres, churn_predictions', whole(predictions / CUSTOMERS)],
      ['event posted with a key', 'Postgres, event_identity', whole(identity / POSTED)],
    ],
  });
});

async function redisBytes({ redisUrl }: Platform): Promise<number> {
  const redis = new Redis(redisUrl);
  const used = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
  redis.disconnect();
  return Number(used);
}

function folderBytes(dir: string): number {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(dir, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

/** Scores every customer; returns what the predictions take. */
async function runBatch(platform: Platform): Promise<number> {
  const { pool } = platform;
  const batch = await platform.spawn('batch', project.project);
  const headers = { 'content-type': 'application/json' };
  const started = await fetch(`${batch.url}/batch-runs`, { method: 'POST', headers, body: '{}' });
  if (started.status !== 202) throw new Error(await started.text());
  for (let state = ''; state !== 'succeeded'; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { rows } = await pool.query<{ state: string; error: unknown }>(
      'SELECT state, error FROM batch_run',
    );
    state = rows[0]?.state ?? '';
    if (state === 'failed') throw new Error(JSON.stringify(rows[0]?.error));
  }
  await batch.stop();
  return tableBytes(pool, 'churn_predictions');
}

/** Posts events with keys; returns what their identities take. What waits in the inbox is gone when the compactor has taken it. */
async function postEvents(platform: Platform): Promise<number> {
  const { pool } = platform;
  const before = await tableBytes(pool, 'event_identity');
  const ingestion = await platform.spawn('ingestion', project.project);
  for (let from = 0; from < POSTED; from += BODY) {
    const events = Array.from({ length: BODY }, (_, i) => ({
      source: 'transactions',
      event_id: `order-${from + i}`,
      customer_id: `c${from + i}`,
      date: new Date().toISOString().slice(0, 10),
      quantity: 1,
      amount: 12.5,
    }));
    const answer = await fetch(`${ingestion.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    if (answer.status !== 202) throw new Error(await answer.text());
  }
  await ingestion.stop();
  return (await tableBytes(pool, 'event_identity')) - before;
}

/** A table with its partitions, indexes and TOAST. */
async function tableBytes(pool: Pool, table: string): Promise<number> {
  await pool.query(`VACUUM ${table}`);
  const { rows } = await pool.query<{ bytes: string }>(
    'SELECT sum(pg_total_relation_size(relid)) AS bytes FROM pg_partition_tree($1::regclass)',
    [table],
  );
  return Number(rows[0]?.bytes ?? 0);
}
