import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compact } from '../compactor/compact.ts';
import type { Context } from '../context.ts';
import { takeTurn } from '../projector/project.ts';
import { leftovers, postOrders, served, servedAfterRebuild } from '../testing/online-states.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';
import { materialize } from './materialize.ts';

const shop = sampleProject();
const CUSTOMERS = Array.from({ length: 40 }, (_, index) => `c${index}`);

let world: World;
let one: Context;
let two: Context;

beforeAll(async () => {
  world = await createWorld(shop);
  one = world.process();
  two = world.process();
});
afterAll(() => world.close());

test('two rebuilds at once end one after the other, and nothing of the first is left', async () => {
  await postOrders(one, world, shop, CUSTOMERS, 3);
  const done = await Promise.all([materialize(one, PROJECT), materialize(two, PROJECT)]);
  expect(done.map(({ customers }) => customers)).toEqual([40, 40]);
  const last = Math.max(...done.map(({ generation }) => generation));
  expect(await one.store.mark(PROJECT)).toMatchObject({ generation: last, customers: 40 });
  expect(await leftovers(world, one)).toEqual([]);
});

test('six rebuilds while orders stream in, are projected and are compacted miss none', async () => {
  let rebuilding = true;
  const meanwhile = async (work: () => Promise<unknown>) => {
    while (rebuilding) await work();
  };
  const rebuilds = async () => {
    for (let round = 0; round < 6; round++) await materialize(two, PROJECT);
    rebuilding = false;
  };
  await Promise.all([
    rebuilds(),
    meanwhile(() => postOrders(one, world, shop, CUSTOMERS, 1)),
    meanwhile(() => takeTurn(one, PROJECT)),
    meanwhile(() => compact(one, PROJECT, { wait: false })),
  ]);
  while ((await takeTurn(one, PROJECT)).did !== 'nothing');
  const online = await served(one, shop, CUSTOMERS);
  expect(online?.flat()).not.toContain(undefined);
  expect(online).toEqual(await servedAfterRebuild(two, shop, CUSTOMERS));
  expect(await leftovers(world, one)).toEqual([]);
});
