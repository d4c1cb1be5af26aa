import { describe, expect, test } from '@jest/globals';
import { AGGREGATION_KINDS, type AggregationKind, aggregationOf, measuredIn } from './aggregations.ts';
import { compileView, decimal, integer, money, source, type Term } from './index.ts';
import { customer, viewOf } from './testing/shop.ts';

const DAY_US = 86_400_000_000;

/** It over the last week, of `amount` where it is of a field. */
function overAWeek(kind: AggregationKind): Term {
  const field = aggregationOf({ kind }).field === 'none' ? {} : { field: 'amount' };
  return { term: 'aggregate', kind, ...field, over: { days: 7 } };
}

/** What it gives of events with 7, -3, 0 and nothing in their amount, which is stored as that field is. */
function answer(kind: AggregationKind, amount: ReturnType<typeof integer>): number {
  const orders = { name: 'orders', entity: customer, timestampField: 'at', eventKey: null };
  const online = compileView(viewOf({ x_7d: overAWeek(kind) }, source({ ...orders, fields: { amount } })));
  const events = [7, -3, 0, undefined].map((value, index) => ({
    position: index + 1,
    occurredUs: 100 * DAY_US + index,
    fields: value === undefined ? {} : { amount: value * 10 ** amount.scale },
  }));
  const out = new Float64Array(1);
  online.evaluate(online.apply(null, events, 200 * DAY_US), 101 * DAY_US, out, 0);
  return out[0] ?? Number.NaN;
}

describe.each(AGGREGATION_KINDS)('the aggregation %s', (kind) => {
  const { id, words, field, result } = aggregationOf({ kind });

  test('has an id of its own, and words that name its field', () => {
    expect(id).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(AGGREGATION_KINDS.filter((other) => aggregationOf({ kind: other }).id === id)).toEqual([kind]);
    expect(words('amount').includes('amount')).toBe(field !== 'none');
  });

  test('gives the same answer however its field is stored', () => {
    expect(answer(kind, money('USD'))).toBe(answer(kind, integer()));
    expect(answer(kind, decimal(3))).toBe(answer(kind, integer()));
  });

  test('has a currency where it is an amount of money, and nowhere else', () => {
    const { features } = viewOf({ x_7d: overAWeek(kind) });
    expect(features.map(({ unit }) => unit)).toEqual([result === 'field' ? 'USD' : '']);
  });
});

test('what counts events has neither the scale nor the currency of the field that it looks at', () => {
  expect(measuredIn({ result: 'events' }, money('USD'))).toEqual({ scale: 1, unit: '' });
  expect(measuredIn({ result: 'field' }, money('USD'))).toEqual({ scale: 100, unit: 'USD' });
});
