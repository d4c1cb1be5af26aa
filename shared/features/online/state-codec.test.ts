import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { avg, compileView, count, latest, StateFormatError, sum } from '../index.ts';
import { viewOf } from '../testing/shop.ts';
import { viewLayout } from './layout.ts';
import { decodeState, encodeState } from './state-codec.ts';

const DAY_US = 86_400_000_000;
const view = viewOf({
  events_all: count(),
  amount_30d: avg('amount', { days: 30 }),
  pieces: sum('quantity'),
});
const layout = viewLayout(view);
const online = compileView(view);

const withLatest = compileView(
  viewOf({ total: count(), amount: latest('amount'), pieces: latest('quantity') }),
);

const events = fc.array(
  fc.record({
    occurredUs: fc.integer({ min: 0, max: 60 * DAY_US }),
    fields: fc.record(
      { amount: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), quantity: fc.integer() },
      { requiredKeys: [] },
    ),
  }),
  { minLength: 1, maxLength: 30 },
);
const numbered = (list: { occurredUs: number; fields: Record<string, number> }[]) =>
  list.map((event, index) => ({ ...event, position: 2 ** 40 + index }));

/** Two purchases folded and one waiting, written down once: other bytes for it are another format. */
const golden = online.apply(
  null,
  [
    { position: 7, occurredUs: 20_000 * DAY_US + 1, fields: { amount: 1999, quantity: 2 } },
    { position: 8, occurredUs: 20_001 * DAY_US, fields: { amount: -500 } },
    { position: 300, occurredUs: 20_010 * DAY_US, fields: { quantity: 1 } },
  ],
  20_005 * DAY_US,
)!;

describe('the bytes of a state', () => {
  test('are read as they were written, and written again alike', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 60 * DAY_US }), (list, nowUs) => {
        const bytes = online.apply(null, numbered(list), nowUs)!;
        expect(encodeState(layout, decodeState(layout, bytes))).toEqual(bytes);
        expect(online.position(bytes)).toBe(2 ** 40 + list.length - 1);
      }),
    );
  });

  test('are these', () => {
    expect(Buffer.from(golden).toString('hex')).toBe(
      '01000000000000012c028180b0d1b5f38803ffbfddeec102029b17e8070200018080d7a4c88c890300010102a09c010101018f1ff407',
    );
  });

  test('of a view with latest fields have their values behind the totals, missing ones as 0', () => {
    const [last, before] = [20_001 * DAY_US, 20_000 * DAY_US + 1];
    const states = [{ quantity: 3 }, { amount: -500 }].map((fields) =>
      withLatest.apply(
        null,
        [
          { position: 7, occurredUs: last, fields },
          { position: 8, occurredUs: before, fields: { amount: 1, quantity: 1 } },
        ],
        20_005 * DAY_US,
      ),
    );
    expect(states.map((state) => Buffer.from(state!).toString('hex'))).toEqual([
      '010000000000000008028180b0d1b5f38803ffbfddeec102020001030000',
      '010000000000000008028180b0d1b5f38803ffbfddeec1020201f407000000',
    ]);
  });

  test('are refused wherever they end early, and with anything behind them', () => {
    const out = new Float64Array(view.features.length);
    for (let length = 0; length < golden.length; length++) {
      const cut = golden.slice(0, length);
      expect(() => decodeState(layout, cut)).toThrow(StateFormatError);
      expect(() => online.evaluate(cut, 20_005 * DAY_US, out, 0)).toThrow(/churn features materialize/);
    }
    const longer = Uint8Array.from([...golden, 0]);
    expect(() => decodeState(layout, longer)).toThrow(
      'of buying@1 has bytes left over; rebuild it with `churn features materialize`',
    );
    expect(() => online.evaluate(longer, 20_005 * DAY_US, out, 0)).toThrow(StateFormatError);
  });

  test.each([0, 2, 255])('of format %i are refused with the remedy', (format) => {
    const other = Uint8Array.from(golden);
    other[0] = format;
    expect(() => online.position(other)).toThrow(
      new RegExp(
        `has format ${format} and \\d+ bytes, this version reads format 1; rebuild the states with .churn features materialize`,
      ),
    );
    expect(() => online.apply(other, [], 0)).toThrow(StateFormatError);
  });

  test('do not depend on the order in which the source lists its fields', () => {
    expect(layout.fields).toEqual(['amount', 'quantity']);
  });
});
