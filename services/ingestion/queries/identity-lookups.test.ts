import { inTransaction } from '@churn/platform';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PoolClient } from 'pg';
import { prepareEvents } from '../events/prepare-events.ts';
import { order } from '../testing/orders.ts';
import { createWorld, keyedShop, PROJECT, type World } from '../testing/world.ts';
import { openKeys, stageKeys } from './import-keys.ts';
import { removeOldIdentities } from './old-identities.ts';
import { putEvents } from './put-events.ts';

const keyed = keyedShop();
let world: World;
beforeEach(async () => {
  world = await createWorld(keyed);
  // A table that Postgres knows nothing of yet, as after a restore or in a first minute: autovacuum must not come to its help.
  for (const { part } of await partitions())
    await world.db.pool.query(`ALTER TABLE ${part} SET (autovacuum_enabled = false)`);
});
afterEach(() => world.close());

async function partitions(): Promise<{ part: string }[]> {
  const { rows } = await world.db.pool.query<{ part: string }>(
    `SELECT inhrelid::regclass::text AS part FROM pg_inherits WHERE inhparent = 'event_identity'::regclass`,
  );
  return rows;
}

async function put(client: PoolClient, from: number, count: number): Promise<number> {
  const raw = Array.from({ length: count }, (_, i) => ({ line: i + 1, value: order(`e${from + i}`) }));
  const nowUs = world.nowMs * 1000;
  const prepared = prepareEvents(keyed, raw, { nowUs, latestUs: nowUs });
  const [outcome] = await putEvents(client, [{ projectId: PROJECT, prepared }]);
  return outcome?.repeated ?? -1;
}

/** Identities that the transaction of `work` has read: by whole tables, and by an index. */
async function reads(
  work: (client: PoolClient) => Promise<void>,
): Promise<{ scanned: number; found: number }> {
  return inTransaction(world.db.pool, async (client) => {
    await work(client);
    const { rows } = await client.query<{ scanned: number; found: number }>(
      `SELECT sum(seq_tup_read)::int AS scanned, sum(idx_tup_fetch)::int AS found
       FROM pg_stat_xact_user_tables WHERE relname LIKE 'event\\_identity\\_p%'`,
    );
    return rows[0] ?? { scanned: -1, found: -1 };
  });
}

/** Small requests and large ones on one connection: what Postgres has planned for the one, it may use for the other. */
async function fill(client: PoolClient): Promise<void> {
  for (let id = 0; id < 20; id++) await put(client, id, 1);
  for (let from = 20; from < 12_020; from += 1_000) await put(client, from, 1_000);
}

test('a request looks for its events by their keys, however many there are', async () => {
  const client = await world.db.pool.connect();
  await fill(client);
  client.release();
  // Of a known one, once for the conflict and once for its hash.
  const fresh = await reads(async (same) => expect(await put(same, 20_000, 1_000)).toBe(0));
  expect(fresh).toEqual({ scanned: 0, found: 0 });
  const known = await reads(async (same) => expect(await put(same, 5_000, 500)).toBe(500));
  expect(known.scanned).toBe(0);
  expect(known.found).toBeLessThanOrEqual(1_000);
});

test('an import looks for its rows by their keys, however many there are', async () => {
  const client = await world.db.pool.connect();
  await fill(client);
  client.release();
  const keys = Array.from({ length: 100 }, (_, i) => ({ ordinal: BigInt(i), event_id: `e${i}`, hash: '00' }));
  const { scanned, found } = await reads(async (same) => {
    await openKeys(same);
    expect(await stageKeys(same, PROJECT, 'orders', keys)).toHaveLength(100);
  });
  expect(scanned).toBe(0);
  expect(found).toBeLessThanOrEqual(200);
});

test('a removal reads what it removes, and nothing of a source that has forgotten nothing', async () => {
  const { pool } = world.db;
  for (const source of ['aaa', 'orders'])
    await pool.query(
      `INSERT INTO event_identity SELECT $1, $2, 'e' || n, '', -n, current_date - 500 FROM generate_series(1, 20000) AS n`,
      [PROJECT, source],
    );
  await pool.query(`INSERT INTO event_horizon VALUES ($1, 'orders', current_date - 400)`, [PROJECT]);
  await pool.query('ANALYZE event_identity');
  const { scanned, found } = await reads(async (same) => {
    expect(await removeOldIdentities(same, 'event_identity_p0', '2999-01-01', 100)).toBe(100);
  });
  expect(scanned).toBe(0);
  expect(found).toBeLessThanOrEqual(200);
});
