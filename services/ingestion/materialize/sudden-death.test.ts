import type { ProjectIr } from '@churn/features';
import { eventually, sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { takeTurn } from '../projector/project.ts';
import { leftovers, postOrders, served, servedAfterRebuild } from '../testing/online-states.ts';
import { rebuildUntil } from '../testing/rebuild-process.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';
import { materialize } from './materialize.ts';

const CUSTOMERS = ['c1', 'c2', 'c3'];
const one = sampleProject();
/** Two views, so that half of the states are written between two writes. */
const shop: ProjectIr = { ...one, views: one.views.flatMap((view) => [view, { ...view, name: 'extra' }]) };

let world: World;
let context: Context;

beforeAll(async () => {
  world = await createWorld(shop);
  context = world.process();
  await materialize(context, PROJECT);
});
afterAll(() => world.close());

/** The next turn that finds the lock free. */
const nextTurn = () =>
  eventually(async () => {
    const turn = await takeTurn(context, PROJECT);
    return turn.did === 'busy' ? null : turn;
  });

test.each(['begun', 'half written', 'before the switch', 'after the switch', 'before the sweep'])(
  'a rebuild killed "%s" leaves what was served, and the next turn tidies up',
  async (point) => {
    await postOrders(context, world, shop, CUSTOMERS, 2);
    await nextTurn();
    const before = await served(context, shop, CUSTOMERS);
    const victim = await rebuildUntil(world, point);
    await victim.kill();
    expect(await served(context, shop, CUSTOMERS)).toEqual(before);
    expect(await leftovers(world, context)).not.toEqual([]);

    await postOrders(context, world, shop, ['c1'], 1);
    expect(await nextTurn()).toMatchObject({ did: 'projected' });
    expect(await leftovers(world, context)).toEqual([]);
    const after = await served(context, shop, CUSTOMERS);
    expect(after).not.toEqual(before);
    expect(await servedAfterRebuild(context, shop, CUSTOMERS)).toEqual(after);
    expect(await leftovers(world, context)).toEqual([]);
  },
);

test('a rebuild that sleeps through another one changes nothing when it wakes', async () => {
  const sleeper = await rebuildUntil(world, 'before the switch');
  // Its connections end, and with them its lock, as after a long pause of the machine.
  await world.db.pool.query(
    `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE l.locktype = 'advisory' AND d.datname = current_database() AND l.pid <> pg_backend_pid()`,
  );
  await postOrders(context, world, shop, CUSTOMERS, 1);
  await nextTurn();
  const mark = await context.store.mark(PROJECT);
  const before = await served(context, shop, CUSTOMERS);
  expect(await sleeper.goOn()).toContain('Run it again');
  expect(await context.store.mark(PROJECT)).toEqual(mark);
  expect(await served(context, shop, CUSTOMERS)).toEqual(before);
  expect(await leftovers(world, context)).toEqual([]);
});

test('a store that is emptied during a rebuild is not taken for complete', async () => {
  const rebuild = await rebuildUntil(world, 'half written');
  await world.redis.flush();
  expect(await rebuild.goOn()).toContain('was emptied or taken over during the rebuild');
  expect(await served(context, shop, CUSTOMERS)).toBeNull();
  expect(await nextTurn()).toMatchObject({ did: 'rebuilt', customers: 3 });
});
