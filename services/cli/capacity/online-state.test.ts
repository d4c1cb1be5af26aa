import { readFileSync } from 'node:fs';
import { compileView } from '@churn/features';
import { createTestRedis, type TestRedis } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import project from '../../../examples/cdnow/churn.project.ts';
import { FIGURES } from './figures.ts';

const DAY_US = 86_400_000_000;
const NOW_US = 20_800 * DAY_US;
const [view] = project.views;
if (view === undefined) throw new Error('examples/cdnow has no view.');
const online = compileView(view);

/** The state of a customer with so many purchases, the last one today. */
function stateOf(purchases: number, daysApart: number): Uint8Array {
  const events = Array.from({ length: purchases }, (_, i) => ({
    position: 1_000_000 + i,
    occurredUs: NOW_US - (purchases - 1 - i) * daysApart * DAY_US,
    fields: { amount: 500 + ((i * 7_919) % 9_973), quantity: 1 + (i % 3) },
  }));
  return online.apply(null, events, NOW_US + 1) ?? new Uint8Array();
}

const { redisDaysPerCustomer: FEW, stateDays: ALL, redisBytesPerDay } = FIGURES;
/** As bench/footprint.ts has them, on every second day of the longest window, and on each of its days. */
const scattered = stateOf(FEW, 9);
const everySecondDay = stateOf(46, 2);
const daily = stateOf(ALL, 1);

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await createTestRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

async function allocated(state: Uint8Array): Promise<number> {
  await redis.set('state', Buffer.from(state));
  return Number(await redis.memory('USAGE', 'state'));
}

test('a state grows in Redis with each day that has events, by the figure of the plan', async () => {
  const grown = (await allocated(daily)) - (await allocated(scattered));
  // Another allocator rounds otherwise, by no more than a size class.
  expect(Math.abs(grown / (ALL - FEW) - redisBytesPerDay)).toBeLessThan(0.5);
});

test('its encoded bytes are those of docs/capacity.md, and a straight line', () => {
  const document = readFileSync(new URL('../../../docs/capacity.md', import.meta.url), 'utf8');
  const [least, half, most] = [scattered.length, everySecondDay.length, daily.length];
  expect(document).toContain(
    `${least} bytes with events on ${FEW} days, ${half} on every second day and ${most} on each of the ${ALL} days`,
  );
  const each = (most - least) / (ALL - FEW);
  expect(document).toContain(`${each.toFixed(1)} bytes a day`);
  expect(Math.abs(least + (46 - FEW) * each - half)).toBeLessThan(3);
});

test('it has no more tiles than days in the longest window, and none for a second event on a day', () => {
  expect(stateOf(ALL - 1, 1).length).toBeLessThanOrEqual(daily.length - 3);
  expect(stateOf(ALL + 1, 1).length).toBeLessThan(daily.length + 3);
  expect(stateOf(20, 0.01).length).toBeLessThan(scattered.length);
});
