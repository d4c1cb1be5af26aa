import { eventually, sampleProject } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PoolClient } from 'pg';
import type { Context } from '../context.ts';
import { prepareEvents } from '../events/prepare-events.ts';
import { materialize } from '../materialize/materialize.ts';
import { takeTurn } from '../projector/project.ts';
import { putEvents } from '../queries/put-events.ts';
import { lakeEventIds } from '../testing/lake-rows.ts';
import { served } from '../testing/online-states.ts';
import { order } from '../testing/orders.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';
import { compact } from './compact.ts';

const shop = sampleProject();
let world: World;
let reader: Context;
let early: PoolClient;
let late: PoolClient;
beforeEach(async () => {
  world = await createWorld(shop);
  reader = world.process();
  await materialize(reader, PROJECT);
  early = await world.db.pool.connect();
  late = await world.db.pool.connect();
});
afterEach(async () => {
  early.release();
  late.release();
  await world.close();
});

/** Begins a transaction that stores one order of its own customer; its end is the caller's. */
async function begin(client: PoolClient, id: string): Promise<void> {
  await client.query('BEGIN');
  const raw = [{ line: 1, value: order(id, { customer_id: id }) }];
  const nowUs = world.nowMs * 1000;
  const prepared = prepareEvents(shop, raw, { nowUs, latestUs: nowUs });
  await putEvents(client, [{ projectId: PROJECT, prepared }]);
}

/** Both readers take what they see. */
async function read(): Promise<void> {
  await takeTurn(reader, PROJECT);
  await compact(reader, PROJECT, { wait: true });
}

/** Orders that readers of the lake and of the online store find. */
async function found() {
  const ids = ['early', 'late'];
  const states = (await served(reader, shop, ids))?.flat();
  return { lake: await lakeEventIds(reader, shop), online: ids.filter((_, i) => states?.[i] !== undefined) };
}

const BOTH = ['early', 'late'];

test('an event whose transaction ends late is skipped by no reader, since later ones wait for it', async () => {
  await begin(early, 'early');
  const second = begin(late, 'late').then(() => late.query('COMMIT'));
  await eventually(async () => {
    const { rowCount } = await world.db.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%inbox_put%'`,
    );
    return rowCount === 1;
  });
  await read();
  expect(await found()).toEqual({ lake: [], online: [] });
  await early.query('COMMIT');
  await second;
  await read();
  expect(await found()).toEqual({ lake: BOTH, online: BOTH });
});

test('without the lock both readers would skip it', async () => {
  await world.db.pool.query(
    'CREATE OR REPLACE FUNCTION lock_event_position() RETURNS void LANGUAGE sql AS $$ SELECT $$',
  );
  await begin(early, 'early');
  await begin(late, 'late');
  await late.query('COMMIT');
  await read();
  await early.query('COMMIT');
  await read();
  expect(await found()).toEqual({ lake: ['late'], online: ['late'] });
});

test('a transaction that is rolled back leaves a gap, and nobody waits for it', async () => {
  await begin(early, 'early');
  await early.query('ROLLBACK');
  await begin(late, 'late');
  await late.query('COMMIT');
  await read();
  expect(await found()).toEqual({ lake: ['late'], online: ['late'] });
});
