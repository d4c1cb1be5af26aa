import { compileView, type ProjectIr } from '@churn/features';
import { stateKey } from '@churn/online';
import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { prepareEvents } from '../events/prepare-events.ts';
import { materialize } from '../materialize/materialize.ts';
import { readCheckpoint } from '../queries/consumers.ts';
import { putEvents } from '../queries/put-events.ts';
import { applyDefinitions, importOrders } from '../testing/changes.ts';
import { postOrders } from '../testing/online-states.ts';
import { order } from '../testing/orders.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';
import { takeTurn } from './project.ts';

const shop = sampleProject();
const [view] = shop.views;
if (view === undefined) throw new Error('the sample project has a view');
const online = compileView(view);
const CUSTOMERS = ['c1', 'c2', 'c3'];

let world: World;
let one: Context;
let two: Context;

beforeAll(async () => {
  world = await createWorld(shop);
  one = world.process();
  two = world.process();
  await materialize(one, PROJECT);
});
afterAll(() => world.close());

const post = (each: number) => postOrders(one, world, shop, CUSTOMERS, each);

/** What the store holds, as hex by customer. */
async function states(of = online): Promise<(string | undefined)[]> {
  const mark = await one.store.mark(PROJECT);
  const held = await one.store.readGeneration(PROJECT, mark?.generation ?? 0, of.key, CUSTOMERS);
  return held.map((state) => state?.toString('hex'));
}

/** What a rebuild from the lake makes of all events so far. */
async function rebuilt(): Promise<(string | undefined)[]> {
  await materialize(one, PROJECT);
  return states();
}

test('two processes at once apply each event once', async () => {
  for (let round = 0; round < 10; round++) {
    await post(3);
    const turns = await Promise.all([takeTurn(one, PROJECT), takeTurn(two, PROJECT)]);
    expect(turns.map(({ did }) => did)).toContain('projected');
  }
  expect(await states()).toEqual(await rebuilt());
});

test('amounts that leave the exact integers make one customer unknown in part, and hold nobody up', async () => {
  const ordered_at = new Date(world.nowMs - 86_400_000).toISOString();
  const raw = ['h1', 'h2'].map((id, i) => ({
    line: i + 1,
    value: order(id, { customer_id: 'c1', ordered_at, amount: 90_071_992_547_409 }),
  }));
  const nowUs = world.nowMs * 1000;
  const prepared = prepareEvents(shop, raw, { nowUs, latestUs: nowUs });
  const client = await one.pool.connect();
  await putEvents(client, [{ projectId: PROJECT, prepared }]).finally(() => client.release());
  await post(1);
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'projected' });
  const counted = await one.metrics.registry.getSingleMetric('feature_sums_inexact_total')?.get();
  expect(counted?.values[0]?.value).toBe(1);
  expect(await states()).toEqual(await rebuilt());
});

test('a turn that was cut before its checkpoint runs again and changes nothing', async () => {
  const before = await readCheckpoint(one.pool, PROJECT, 'projector');
  await post(2);
  await world.db.pool.query('ALTER TABLE inbox_consumer ADD CONSTRAINT cut CHECK (position <= 0) NOT VALID');
  await expect(takeTurn(one, PROJECT)).rejects.toThrow('cut');
  await world.db.pool.query('ALTER TABLE inbox_consumer DROP CONSTRAINT cut');
  expect(await readCheckpoint(one.pool, PROJECT, 'projector')).toBe(before);
  const written = await states();
  expect(await takeTurn(two, PROJECT)).toMatchObject({ did: 'projected', events: 6, states: 0 });
  expect(await states()).toEqual(written);
  expect(written).toEqual(await rebuilt());
});

test('without positions the same turn twice would count twice', () => {
  const event = { position: 1, occurredUs: 1_000_000, fields: { amount: 1, quantity: 1 } };
  const state = online.apply(null, [event], world.nowMs * 1000);
  expect(online.apply(state, [event], world.nowMs * 1000)).toBeNull();
  expect(online.apply(state, [{ ...event, position: 2 }], world.nowMs * 1000)).not.toEqual(state);
});

test('an older state never takes the place of a newer one', async () => {
  const mark = await one.store.mark(PROJECT);
  const generation = mark?.generation ?? 0;
  const [old] = await one.store.readGeneration(PROJECT, generation, online.key, ['c1']);
  await post(1);
  await takeTurn(one, PROJECT);
  const newer = await states();
  const entry = { view: online.key, id: 'c1', state: old ?? Buffer.alloc(0) };
  expect(await one.store.write(PROJECT, generation, [entry])).toBe(0);
  expect(await states()).toEqual(newer);
});

test('an emptied store is rebuilt by the next turn', async () => {
  const before = await states();
  await one.redis.flushall();
  expect(await states()).toEqual([undefined, undefined, undefined]);
  expect(await takeTurn(one, PROJECT)).toEqual({ did: 'rebuilt', customers: 3 });
  expect(await states()).toEqual(before);
});

test('a rebuild that is cut before it switches loses no event', async () => {
  await post(2);
  const cut: Context = {
    ...one,
    store: { ...one.store, switchGeneration: () => Promise.reject(new Error('killed')) },
  };
  await expect(materialize(cut, PROJECT)).rejects.toThrow('killed');
  await takeTurn(two, PROJECT);
  expect(await states()).toEqual(await rebuilt());
});

test('a store that was set back in time is rebuilt', async () => {
  const mark = await one.store.mark(PROJECT);
  const generation = mark?.generation ?? 0;
  const projected = `churn:${PROJECT}:projected`;
  const keys = [...CUSTOMERS.map((id) => stateKey(PROJECT, generation, online.key, id)), projected];
  const backup = await one.redis.mgetBuffer(keys);
  await post(1);
  await takeTurn(one, PROJECT);
  const newer = await states();
  for (const [index, key] of keys.entries()) await one.redis.set(key, backup[index] ?? '');
  expect(await states()).not.toEqual(newer);
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'rebuilt' });
  expect(await states()).toEqual(newer);
});

test('a store that served another database is rebuilt', async () => {
  const right = await states();
  const mark = await one.store.mark(PROJECT);
  await one.pool.query('DELETE FROM inbox_consumer');
  await one.pool.query(`SELECT setval('online_generation', 1)`);
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'rebuilt' });
  expect((await one.store.mark(PROJECT))?.generation).toBe((mark?.generation ?? 0) + 1);
  expect(await states()).toEqual(right);
});

test('rows of a file whose import ended before the rebuild are caught up with', async () => {
  await importOrders(one, shop, 'customer_id,ordered_at,amount,quantity\nc1,2026-02-01,77.00,1\n');
  const lacking = await states();
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'rebuilt' });
  expect(await states()).not.toEqual(lacking);
  expect(await states()).toEqual(await rebuilt());
});

test('a view that goes and comes back is built anew', async () => {
  const extra = { ...view, name: 'extra' };
  const both: ProjectIr = { ...shop, views: [view, extra] };
  await applyDefinitions(world.db.pool, both);
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'rebuilt' });
  await applyDefinitions(world.db.pool, shop);
  await post(1);
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'projected' });
  await applyDefinitions(world.db.pool, both);
  expect(await takeTurn(one, PROJECT)).toMatchObject({ did: 'rebuilt' });
  expect(await states(compileView(extra))).toEqual(await states());
});
