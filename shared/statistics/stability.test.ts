import { describe, expect, it } from '@jest/globals';
import { driftOf } from './drift.ts';
import { psi } from './stability.ts';

/** 1 to 1,000, so that each tenth of them fills one bin. */
const ramp = Float32Array.from({ length: 1000 }, (_, i) => i + 1);
const filled = (length: number, value: number) => new Float32Array(length).fill(value);

describe('the stability index', () => {
  it('is what a hand computes: two tenths of the customers moved from the lowest bins to the highest', () => {
    // The lowest two bins empty (0.0001 each), the highest holds 0.1 + 0.2.
    const moved = ramp.map((x) => (x <= 200 ? 950 : x));
    const lost = (0.0001 - 0.1) * Math.log(0.0001 / 0.1);
    const gained = (0.3 - 0.1) * Math.log(0.3 / 0.1);
    expect(2 * lost + gained).toBeCloseTo(1.599892, 6);
    expect(psi(ramp, moved).value).toBeCloseTo(1.599892, 6);
  });

  it('counts missing values as a bin: 10% now, none before', () => {
    // Of every tenth customer: nine tenths of each bin stay, and a bin of 0.1 appears.
    const now = ramp.map((x, i) => (i % 10 === 0 ? Number.NaN : x));
    const bins = 10 * (0.09 - 0.1) * Math.log(0.09 / 0.1);
    const missing = (0.1 - 0.0001) * Math.log(0.1 / 0.0001);
    expect(bins + missing).toBeCloseTo(0.700621, 6);
    expect(psi(ramp, now).value).toBeCloseTo(0.700621, 6);
  });

  it('sees a value that everybody had move to either side', () => {
    const before = filled(1000, 5);
    // One bin loses all, another gains all: 2 * (1 - 0.0001) * ln(10000).
    for (const now of [3, 7]) expect(psi(before, filled(1000, now)).value).toBeCloseTo(18.418839, 6);
    expect(psi(before, before).value).toBe(0);
  });

  it('sees a value below the many that were zero', () => {
    const zeros = ramp.map((x) => (x <= 900 ? 0 : x));
    const negative = zeros.map((x, i) => (i < 450 ? -1 : x));
    expect(psi(zeros, negative).value).toBeGreaterThan(1);
  });
});

describe('a column is not judged', () => {
  const verdict = (reference: Float32Array, current: Float32Array) => {
    const { status, statistics, reason } = driftOf(reference, current);
    return { status, statistics, reason };
  };
  const refused = (reason: RegExp) => ({
    status: 'not-comparable',
    statistics: {},
    reason: expect.stringMatching(reason),
  });

  it('with too few rows now, and says how many are needed', () => {
    expect(verdict(ramp, ramp.slice(0, 249))).toEqual(refused(/249 rows now, and 250 are needed/));
    expect(
      verdict(
        ramp,
        ramp.filter((_, i) => i % 4 === 0),
      ).status,
    ).toBe('stable');
  });

  it('with a reference that is too small, and says what to do', () => {
    expect(verdict(ramp.slice(0, 200), ramp)).toEqual(refused(/reference has 200 rows.*train on more/));
    expect(verdict(ramp, new Float32Array(0))).toEqual(refused(/0 rows now/));
  });

  it('when it is one value or nothing at all, as it was', () => {
    expect(verdict(filled(1000, 5), filled(900, 5))).toEqual(refused(/every value is 5/));
    expect(verdict(filled(1000, Number.NaN), filled(900, Number.NaN))).toEqual(refused(/missing/));
  });

  it('but a constant that changed, appeared or went missing is drift', () => {
    const constant = filled(1000, 5);
    expect(driftOf(constant, filled(900, 3))).toMatchObject({
      status: 'drifted',
      statistics: { ks_statistic: 1 },
    });
    expect(driftOf(filled(1000, Number.NaN), constant).status).toBe('drifted');
    const gone = driftOf(constant, filled(900, Number.NaN));
    expect(Object.keys(gone.statistics)).toEqual(['psi']);
    expect(gone).toMatchObject({
      status: 'drifted',
      currentNullRate: 1,
    });
  });
});
