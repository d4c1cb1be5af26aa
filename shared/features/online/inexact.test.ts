import { describe, expect, test } from '@jest/globals';
import { avg, compileView, count, sum } from '../index.ts';
import { viewOf } from '../testing/shop.ts';

const DAY_US = 86_400_000_000;
const view = viewOf({
  amount_all: sum('amount'),
  amount_7d: sum('amount', { days: 7 }),
  mean_7d: avg('amount', { days: 7 }),
  pieces: sum('quantity'),
  orders: count(),
});
const online = compileView(view);

const order = (position: number, day: number, amount: number) => ({
  position,
  occurredUs: day * DAY_US,
  fields: { amount, quantity: 1 },
});
const HALF = 2 ** 52;
const orders = [order(1, 100, HALF), order(2, 101, -HALF), order(3, 102, 700)];

function features(state: Uint8Array | null, day: number): Record<string, number> {
  const out = new Float64Array(view.features.length);
  online.evaluate(state, day * DAY_US, out, 0);
  return Object.fromEntries(online.featureNames.map((name, i) => [name, out[i] ?? Number.NaN]));
}

describe('a customer whose sum leaves the exact integers', () => {
  const gone = { amount_all: Number.NaN, amount_7d: Number.NaN, mean_7d: Number.NaN };

  test('has null for what reads that sum, over every window, and keeps the rest', () => {
    expect(features(online.apply(null, orders.slice(0, 1), 200 * DAY_US), 103)).toEqual({
      amount_all: HALF / 100,
      amount_7d: HALF / 100,
      mean_7d: HALF / 100,
      pieces: 1,
      orders: 1,
    });
    const state = online.apply(null, orders, 200 * DAY_US);
    expect(features(state, 103)).toEqual({ ...gone, pieces: 3, orders: 3 });
    // Long after the two large ones have left the window: their total is not known any more.
    expect(features(state, 400)).toEqual({ ...gone, pieces: 3, orders: 3 });
  });

  test('has the same bytes in whatever order and batches the events come', () => {
    const whole = online.apply(null, orders, 200 * DAY_US);
    const late = [order(1, 102, 700), order(2, 101, -HALF), order(3, 100, HALF)];
    let state: Uint8Array | null = null;
    for (const event of late) state = online.apply(state, [event], 200 * DAY_US);
    expect(state).toEqual(whole);
    expect(online.apply(whole, [order(4, 150, 1)], 200 * DAY_US)).not.toBeNull();
  });

  test('is told of once', () => {
    const heard: string[] = [];
    let state: Uint8Array | null = null;
    for (const event of [...orders, order(4, 103, HALF)])
      state = online.apply(state, [event], 200 * DAY_US, (measure) => heard.push(measure));
    expect(heard).toEqual(['sum_amount']);
  });

  test('may become one by an event that was stored before its time', () => {
    const state = online.apply(null, orders, 101 * DAY_US);
    expect(features(state, 101).amount_all).toBe(HALF / 100);
    expect(features(state, 103)).toEqual({ ...gone, pieces: 3, orders: 3 });
  });
});

test('a read before the last event is one just after it', () => {
  const state = online.apply(null, [order(1, 100, 500), order(2, 110, 900)], 200 * DAY_US);
  const out = new Float64Array(view.features.length);
  const { asOfUs, daysSinceLast } = online.evaluate(state, 105 * DAY_US, out, 0);
  expect({ asOfUs, daysSinceLast }).toEqual({ asOfUs: 110 * DAY_US + 1, daysSinceLast: 0 });
  expect(features(state, 105)).toEqual(features(state, 110 + 1 / 86_400_000_000));
});
