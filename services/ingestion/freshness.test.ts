import type { ProjectIr } from '@churn/features';
import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compact } from './compactor/compact.ts';
import type { Context } from './context.ts';
import { readSources } from './queries/read-sources.ts';
import { applyDefinitions } from './testing/changes.ts';
import { postOrders } from './testing/online-states.ts';
import { createWorld, PROJECT, type World } from './testing/world.ts';

const DAY_S = 86_400;
const shop = sampleProject();
const finished: ProjectIr = { ...shop, sources: shop.sources.map((source) => ({ ...source, static: true })) };

let world: World;
let context: Context;

beforeAll(async () => {
  world = await createWorld(shop);
  context = world.process();
});
afterAll(() => world.close());

/** The gauge's series, as the compactor's turn leaves them. */
async function series() {
  context.metrics.setSources(await readSources(context.pool));
  const metric = await context.metrics.registry.getSingleMetric('feature_freshness_seconds')?.get();
  return metric?.values.map(({ labels, value }) => ({ ...labels, days: value / DAY_S }));
}

const orders = { project: PROJECT, source: 'orders' };

test('a source without events has no age', async () => {
  expect(await series()).toEqual([]);
});

test('the newest event gives the age, in the inbox as in a segment, and the clock adds to it', async () => {
  await postOrders(context, world, shop, ['c1', 'c2'], 1);
  const [first] = (await series()) ?? [];
  // The first two sample orders are 37 and 74 days old.
  expect(first).toEqual({ ...orders, static: 'false', days: 37 });
  await compact(context, PROJECT, { wait: true });
  world.nowMs += 3 * DAY_S * 1000;
  expect(await series()).toEqual([{ ...orders, static: 'false', days: 40 }]);
});

test('a source that becomes static leaves the series that the alert looks at, and comes back when it is not', async () => {
  await applyDefinitions(world.db.pool, finished);
  expect(await series()).toEqual([{ ...orders, static: 'true', days: 40 }]);
  await applyDefinitions(world.db.pool, shop);
  expect(await series()).toEqual([{ ...orders, static: 'false', days: 40 }]);
});
