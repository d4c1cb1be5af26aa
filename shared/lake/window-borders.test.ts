import { tmpdir } from 'node:os';
import { compileSnapshotSql } from '@churn/features';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Duck, openDuck } from './duck.ts';
import { differences, loadScene } from './testing/compare.ts';
import { manyFeatures } from './testing/many-features.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck({ tempDir: tmpdir() });
});
afterAll(() => duck.close());

async function offline(feature: string): Promise<unknown> {
  const sql = compileSnapshotSql(manyFeatures(), {
    model: 'churn',
    events: { orders: 'event' },
    cuts: [BigInt(us(CUT))],
    upToPosition: 100n,
    type: 'DOUBLE',
  });
  const [row] = await duck.rows(sql);
  return row?.[`orders_view@3:${feature}`];
}

const us = (text: string) => Date.parse(`${text}Z`) * 1000;
const CUT = '2026-03-31T12:00';

/** Orders (when, cents) and what a feature is at CUT. A window of n days begins at 00:00 n days before; an order at CUT is not known. */
describe('at noon of 31 March', () => {
  test.each<[string, string, number | null, [string, number?][]]>([
    ['an order at the very instant is not known yet', 'count_7d', 1, [['2026-03-31T11:59'], [CUT]]],
    ['the first instant of the window counts', 'count_30d', 1, [['2026-03-01T00:00']]],
    ['the minute before it does not', 'count_30d', 0, [['2026-02-28T23:59']]],
    ['two at the same instant are two', 'count_7d', 2, [['2026-03-30T10:00'], ['2026-03-30T10:00']]],
    [
      'a refund is taken off',
      'sum_30d',
      15,
      [
        ['2026-03-20T00:00', 2000],
        ['2026-03-21T00:00', -500],
      ],
    ],
    [
      'an order without amount adds nothing to the sum',
      'sum_30d',
      20,
      [['2026-03-20T00:00', 2000], ['2026-03-21T00:00']],
    ],
    ['but is one of the mean', 'avg_30d', 10, [['2026-03-20T00:00', 2000], ['2026-03-21T00:00']]],
    ['a mean of no orders is missing', 'avg_30d', null, [['2026-01-10T00:00', 2000]]],
    [
      'exactly 50 dollars is a high value',
      'high_value',
      1 / 3,
      [
        ['2026-03-20T00:00', 5000],
        ['2026-03-21T00:00', 4999],
      ],
    ],
    ['days are of the calendar, not of 24 hours', 'recency', 1, [['2026-03-30T23:59']]],
    ['an order of today is no day old', 'recency', 0, [['2026-03-31T00:00']]],
    [
      'the gap of three orders over 20 days is ten',
      'mean_gap',
      10,
      [['2026-03-01T00:00'], ['2026-03-05T00:00'], ['2026-03-21T00:00']],
    ],
    [
      'the last amount is that of the newest order, however late an older one came',
      'last_amount',
      20,
      [
        ['2026-03-21T00:00', 2000],
        ['2026-03-20T00:00', 700],
      ],
    ],
    [
      'of two orders at one instant the one that came last is the last',
      'last_amount',
      7,
      [
        ['2026-03-21T00:00', 2000],
        ['2026-03-21T00:00', 700],
      ],
    ],
    [
      'a last order without an amount has none, whatever the one before it had',
      'last_amount',
      null,
      [['2026-03-20T00:00', 2000], ['2026-03-21T00:00']],
    ],
    ['an order at the very instant is not the last', 'last_amount', null, [['2026-03-21T00:00'], [CUT, 5]]],
    ['one order has no gap', 'mean_gap', null, [['2026-03-01T00:00']]],
  ])('%s', async (_, feature, expected, orders) => {
    const events = orders.map(([at, amount], index) => ({
      position: index + 1,
      occurredUs: us(at),
      fields: amount === undefined ? {} : { amount },
    }));
    const scene = {
      cutUs: us(CUT),
      upToPosition: 100,
      histories: [{ events, batches: [0.5, 1], idleUs: 0 }],
    };
    await loadScene(duck, scene);
    const { compared, found } = await differences(duck, scene, 'DOUBLE', manyFeatures());
    expect(compared).toBeGreaterThan(20);
    expect(found).toEqual([]);
    expect(await offline(feature)).toBe(expected);
  });
});
