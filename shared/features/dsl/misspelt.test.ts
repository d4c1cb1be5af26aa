import { describe, expect, test } from '@jest/globals';
import { count, daysSinceLast, distinctDays, entity, integer, money, plus, source, sum } from '../index.ts';
import { customer, faultsIn, viewOf } from '../testing/shop.ts';

/** What a project file may hold, since nobody checks its types when it runs. */
const written = (options: object) => options as never;

describe('what a project file misspells is refused, not passed over', () => {
  test.each([
    [
      () => count(written({ day: 7 })),
      'count: has no option "day" (there is days, where); did you mean "days"?',
    ],
    [
      () => sum('amount', written({ wher: {} })),
      'sum of amount: has no option "wher" (there is days, where); did you mean "where"?',
    ],
    [
      () => count(written({ where: { field: 'amount', operator: '>=', value: 1 } })),
      /where has no option "operator" \(there is field, op, value\)/,
    ],
    [
      () => entity(written({ name: 'c', joinkey: 'id' })),
      /^entity c has no option "joinkey".*did you mean "joinKey"/,
    ],
    [() => integer(written({ colum: 'x' })), /a field has no option "colum".*did you mean "column"/],
    [
      () =>
        source(
          written({
            name: 's',
            entity: customer,
            timestampField: 'at',
            eventKey: null,
            fields: {},
            sttic: true,
          }),
        ),
      /^source s has no option "sttic".*did you mean "static"/,
    ],
  ])('%#', (work, message) => {
    const faults = faultsIn(work);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});

test('a name that ends in a window is one of a window', () => {
  expect(faultsIn(() => viewOf({ n_7d: count() }))).toEqual([
    'view buying: feature n_7d is over all time; give it { days: 7 }, or another name',
  ]);
});

test('days with events are known over a window only', () => {
  expect(faultsIn(() => viewOf({ days: distinctDays(written({})) }))).toEqual([
    'view buying: feature days: days with events are known over a window only, since older days are forgotten; give it { days: ... }',
  ]);
});

test('two currencies are not added', () => {
  const wide = source({
    name: 'orders',
    entity: customer,
    timestampField: 'at',
    eventKey: null,
    fields: { usd: money('USD'), eur: money('EUR') },
  });
  expect(faultsIn(() => viewOf({ both: plus(sum('usd'), sum('eur')) }, wide))).toEqual([
    'view buying: feature both adds USD and EUR; make two features of it, or a ratio',
  ]);
  expect(faultsIn(() => viewOf({ more: plus(sum('usd'), 1) }, wide))).toEqual([]);
});

test('a view may be about times alone', () => {
  expect(faultsIn(() => viewOf({ recency: daysSinceLast() }))).toEqual([]);
});
