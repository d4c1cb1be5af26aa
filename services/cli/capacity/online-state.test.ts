import { compileView } from '@churn/features';
import { expect, test } from '@jest/globals';
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

const { redisDaysPerCustomer: FEW, stateDays: ALL } = FIGURES;
/** As bench/footprint.ts has them, and on each day of the longest window. */
const scattered = stateOf(FEW, 9);
const daily = stateOf(ALL, 1);

test('a state has no more tiles than days in the longest window, and none for a second event on a day', () => {
  expect(stateOf(ALL - 1, 1).length).toBeLessThanOrEqual(daily.length - 3);
  expect(stateOf(ALL + 1, 1).length).toBeLessThan(daily.length + 3);
  expect(stateOf(20, 0.01).length).toBeLessThan(scattered.length);
});
