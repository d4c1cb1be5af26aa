import { expect, test } from '@jest/globals';
import { compileView, distinctDays } from '../index.ts';
import { viewOf } from '../testing/shop.ts';

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;
const view = viewOf({
  days_7d: distinctDays({ days: 7 }),
  dear_days_7d: distinctDays({ days: 7, where: { field: 'amount', op: '>=', value: 50 } }),
});
const online = compileView(view);

const order = (position: number, day: number, hour: number, amount = 100) => ({
  position,
  occurredUs: day * DAY_US + hour * HOUR_US,
  fields: { amount: amount * 100 },
});

function features(state: Uint8Array | null, day: number): number[] {
  const out = new Float64Array(view.features.length);
  online.evaluate(state, day * DAY_US, out, 0);
  return [...out];
}

test('a day counts once, however many events it has and whenever they are known', () => {
  const orders = [order(1, 100, 1), order(2, 100, 12), order(3, 98, 3, 10), order(4, 98, 2, 10)];
  expect(features(online.apply(null, orders, 200 * DAY_US), 101)).toEqual([2, 1]);
  // The second of day 100 was stored before its time, beside a tile of its own day.
  const early = online.apply(null, orders, 100 * DAY_US + 6 * HOUR_US);
  expect(features(early, 101)).toEqual([2, 1]);
  const earlier = online.apply(null, orders, 100 * DAY_US);
  expect(features(earlier, 101)).toEqual([2, 1]);
});

test('a day leaves with its window', () => {
  const state = online.apply(null, [order(1, 100, 1), order(2, 104, 1)], 200 * DAY_US);
  expect([107, 108, 111, 112].map((day) => features(state, day)[0])).toEqual([2, 1, 1, 0]);
});
