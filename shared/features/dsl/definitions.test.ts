import { describe, expect, test } from '@jest/globals';
import {
  avg,
  category,
  count,
  daysSinceLast,
  integer,
  latest,
  money,
  ratio,
  sum,
  type Term,
  times,
} from '../index.ts';
import { customer, faultsIn, orders, viewOf } from '../testing/shop.ts';
import { featuresOf, source } from './definitions.ts';

const withPlan = source({
  name: 'orders',
  entity: customer,
  timestampField: 'at',
  eventKey: null,
  fields: { amount: money('USD'), quantity: integer(), plan: category(['basic', 'gold']) },
});

describe('a view is refused with the feature and the remedy', () => {
  test.each([
    [
      { x: sum('amuont') },
      /^view buying: feature x: source orders declares no field "amuont" \(there is amount, quantity, plan\); did you mean "amount"\?$/,
    ],
    [
      { x_0d: count({ days: 0 }) },
      /feature x_0d: a window of 0 days; days must be a whole number from 1 to 3650/,
    ],
    [{ 'x_1.5d': count({ days: 1.5 }) }, /a window of 1.5 days/],
    [{ x_30d: count({ days: 7 }) }, /feature x_30d is over 7 days; end its name in _7d/],
    [{ x_30d: avg('amount', { days: 7 }) }, /end its name in _7d/],
    [
      { x: count({ where: { field: 'amount', op: '>=', value: 0.005 } }) },
      /the bound 0.005 on amount is not a number of at most 2 decimal places; round it/,
    ],
    [
      { x: count({ where: { field: 'amount', op: '>=', value: Number.NaN } }) },
      /the bound NaN on amount is not a number/,
    ],
    [
      { x: times(count(), 1 / 3) },
      /the constant 0.3333333333333333 is not a number of at most 6 decimal places; round it/,
    ],
    [
      { x: sum('plan') },
      /feature x: plan is a category, of which there is no sum; count the events with a value: count\(\{ where/,
    ],
    [
      { x: count({ where: { field: 'plan', op: '>=', value: 'gold' } }) },
      /plan is a category, which is compared by = or <> only, not by >=/,
    ],
    [
      { x: count({ where: { field: 'plan', op: '=', value: 'silver' } }) },
      /"silver" is not a category of plan; write one of "basic", "gold"/,
    ],
    [
      { x: count({ where: { field: 'plan', op: '=', value: 1 } }) },
      /1 is not a category of plan; write one of/,
    ],
    [
      { x: count({ where: { field: 'amount', op: '=', value: '5' } }) },
      /the bound "5" on amount is not a number .*; write it as a number, or declare the field as a category/,
    ],
    [{ x: latest('quality') }, /source orders declares no field "quality" .*; did you mean "quantity"\?$/],
    [{}, /^view buying has no features; add one$/],
  ])('%#', (features, message) => {
    const faults = faultsIn(() => viewOf(features, withPlan));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  test('all faults at once', () => {
    expect(faultsIn(() => viewOf({ a: sum('x'), b: sum('y'), c_0d: count({ days: 0 }) }))).toHaveLength(3);
  });

  test('of a term that contains itself, or grows without end', () => {
    const circle: Term = { term: 'plus', left: count(), right: count() };
    circle.right = circle;
    expect(() => viewOf({ circle })).toThrow(/feature circle has more than 200 terms, or contains itself/);
    let twice: Term = count();
    for (let i = 0; i < 40; i++) twice = { term: 'plus', left: twice, right: twice };
    expect(() => viewOf({ twice })).toThrow(/more than 200 terms/);
  });

  test('of a feature asked for that it has not', () => {
    expect(() => featuresOf(viewOf({ recency: daysSinceLast() }), 'recncy')).toThrow(
      'view buying@1 has no feature "recncy" (there is recency); did you mean "recency"?',
    );
  });
});

describe('a view keeps its measures apart', () => {
  test('where two come to the same name', () => {
    const wide = source({
      name: 'orders',
      entity: customer,
      timestampField: 'at',
      eventKey: null,
      fields: { a: integer(), a_b: integer(), b_c: integer(), c: integer() },
    });
    const where = (field: string) => ({ where: { field, op: '>=', value: 5 } as const });
    const view = viewOf(
      { x: sum('a', where('b_c')), y: sum('a_b', where('c')), z: sum('a', where('b_c')) },
      wide,
    );
    expect(view.measures).toEqual([
      { id: 'sum_a_b_c_ge_5', kind: 'sum', field: 'a', where: { field: 'b_c', op: '>=', value: 5 } },
      { id: 'sum_a_b_c_ge_5_2', kind: 'sum', field: 'a_b', where: { field: 'c', op: '>=', value: 5 } },
    ]);
  });

  test('and holds a category by its place, which may be written by its text', () => {
    const gold = { field: 'plan', op: '=', value: 'gold' } as const;
    const view = viewOf({ golden_7d: count({ days: 7, where: gold }) }, withPlan);
    expect(view.measures).toEqual([
      { id: 'events_plan_eq_1', kind: 'count', where: { field: 'plan', op: '=', value: 1 } },
    ]);
    expect(view.features[0]!.description).toBe('Events with plan = gold in the last 7 days');
  });

  test('and needs none where features are values of the last event, in their own unit', () => {
    const view = viewOf({ amount: latest('amount'), plan: latest('plan') }, withPlan);
    expect(view.measures).toEqual([]);
    expect(view.features).toMatchObject([
      { unit: 'USD', description: 'Amount on the last event', formula: { scale: 100 } },
      { unit: '', formula: { of: { op: 'latest', field: 'plan' }, scale: 1 } },
    ]);
  });

  test('and holds bounds and scales as whole numbers of cents', () => {
    const view = viewOf({
      dear: count({ where: { field: 'amount', op: '>=', value: 50.01 } }),
      mean_30d: avg('amount', { days: 30 }),
      per_piece: ratio(sum('amount'), sum('quantity')),
    });
    expect(view.measures.map(({ id }) => id)).toEqual([
      'events_amount_ge_5001',
      'sum_amount',
      'events',
      'sum_quantity',
    ]);
    expect(view.features.map(({ formula }) => formula.scale)).toEqual([1, 100, 100]);
    expect(view.features.map(({ unit }) => unit)).toEqual(['', 'USD', 'USD']);
    expect(orders.fields[0]).toEqual({ name: 'amount', ...money('USD') });
  });
});
