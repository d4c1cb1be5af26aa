/**
 * How many bytes a customer, an event and a prediction take in Redis, in the lake, in Postgres and while a snapshot is made.
 * Usage: node bench/footprint.ts [customers, default 200000]. Sizes, not times: it may run on a busy machine. Ends within 10 minutes.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findModel } from '@churn/features';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import project from '../examples/cdnow/churn.project.ts';
import { measureStates } from './harness/online-states.ts';
import { patiently } from './harness/patiently.ts';
import { type Platform, withPlatform } from './harness/platform.ts';
import { report, whole } from './harness/report.ts';
import { prepareShop } from './harness/shop.ts';
import { measureSnapshot } from './harness/snapshot-memory.ts';

const CUSTOMERS = Number(process.argv[2] ?? 200_000);
const ORDERS_EACH = 8;
const POSTED = 100_000;
/** As those above; on every second day of the longest window, and on each of its days and the one it ends on. */
const CUSTOMERS_BY_DAYS = [
  { days: ORDERS_EACH, apart: 9 },
  { days: 46, apart: 2 },
  { days: 91, apart: 1 },
];
const BODY = 1_000;

/** Ids as a shop counts its orders up, and as a tracker draws them. */
const ORDERED = (i: number) => `order-${i}`;
const RANDOM = () => crypto.randomUUID();

await withPlatform(10 * 60_000, async (platform) => {
  const empty = await redisBytes(platform);
  await prepareShop(platform, project, { customers: CUSTOMERS, ordersEach: ORDERS_EACH });
  const state = (await redisBytes(platform)) - empty;
  const events = CUSTOMERS * ORDERS_EACH;
  const lake = lakeBytes(platform);
  const predictions = await runBatch(platform);
  const snapshot = await measureSnapshot(platform, project);
  const states = await measureStates(platform.redisUrl, project, CUSTOMERS_BY_DAYS);
  const ordered = await postEvents(platform, ORDERED);
  const random = await postEvents(platform, RANDOM);
  report({
    title: 'What is kept',
    command: 'node bench/footprint.ts',
    what: `${whole(CUSTOMERS)} customers with ${ORDERS_EACH} purchases each, ${findModel(project).features.length} features; then a batch run, a snapshot, and twice ${whole(POSTED)} events posted, of random customers and amounts: with ids as order-4711 and with UUIDs, in the lake after compaction. Postgres with its indexes, after VACUUM. The snapshot's memory is the most that DuckDB held when it had all it wanted; with half of that it wrote the rest to its scratch folder.`,
    header: ['of', 'where', 'bytes each'],
    rows: [
      ['customer (online state)', 'Redis, features', whole(state / CUSTOMERS)],
      ['event of a file', 'lake, Parquet', (lake / events).toFixed(1)],
      ['event posted, ids in order', 'lake, Parquet', (ordered.lake / POSTED).toFixed(1)],
      ['event posted, random ids', 'lake, Parquet', (random.lake / POSTED).toFixed(1)],
      ['prediction a night', 'Postgres, churn_predictions', whole(predictions / CUSTOMERS)],
      ['event posted, ids in order', 'Postgres, event_identity', whole(ordered.identities / POSTED)],
      ['event posted, random ids', 'Postgres, event_identity', whole(random.identities / POSTED)],
      ['customer of a snapshot', 'memory of DuckDB', whole(snapshot.memory / CUSTOMERS)],
      [
        'customer of a snapshot, half the memory',
        'scratch folder',
        (snapshot.spilled / CUSTOMERS).toFixed(1),
      ],
      ['customer of a snapshot', 'lake, Parquet', (snapshot.file / CUSTOMERS).toFixed(1)],
    ],
  });
  report({
    title: 'How an online state grows',
    command: 'node bench/footprint.ts',
    what: 'States of examples/cdnow, whose longest window has 90 days, with one purchase on each of so many of them. A further day adds a tile; Redis rounds up what it allocates.',
    header: ['days with events', 'encoded, bytes', 'in Redis with its key, bytes'],
    rows: states.map(({ days, encoded, allocated }) => [days, encoded, allocated].map(whole)),
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

function lakeBytes({ lakeUrl }: Platform): number {
  return folderBytes(fileURLToPath(`${lakeUrl}/${project.project}/segments`));
}

/** Posts events with ids; returns what their identities take, and their segments once the compactor has taken them from the inbox. */
async function postEvents(
  platform: Platform,
  id: (i: number) => string,
): Promise<{ identities: number; lake: number }> {
  const { pool } = platform;
  const before = { identities: await tableBytes(pool, 'event_identity'), lake: lakeBytes(platform) };
  const ingestion = await platform.spawn('ingestion', project.project);
  for (let from = 0; from < POSTED; from += BODY) {
    const events = Array.from({ length: BODY }, (_, i) => ({
      source: 'transactions',
      event_id: id(from + i),
      customer_id: `c${below(CUSTOMERS)}`,
      date: new Date().toISOString().slice(0, 10),
      quantity: 1 + below(3),
      amount: (500 + below(9_973)) / 100,
    }));
    const answer = await fetch(`${ingestion.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    if (answer.status !== 202) throw new Error(await answer.text());
  }
  await pool.query("SELECT pg_notify('churn_compact', $1)", [project.project]);
  await patiently(async () => {
    if ((await pool.query('SELECT FROM event_inbox LIMIT 1')).rowCount !== 0)
      throw new Error('the compactor has not taken all events');
  });
  await ingestion.stop();
  return {
    identities: (await tableBytes(pool, 'event_identity')) - before.identities,
    lake: lakeBytes(platform) - before.lake,
  };
}

function below(bound: number): number {
  return Math.floor(Math.random() * bound);
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
