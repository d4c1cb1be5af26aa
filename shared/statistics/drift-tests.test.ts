import { describe, expect, it } from '@jest/globals';
import { DRIFT_STATISTICS, runDriftTests } from './drift-tests.ts';

const ramp = (shift: number) => Float32Array.from({ length: 500 }, (_, row) => row + shift);

describe('statistics of drift', () => {
  it('have names of their own, which go into keys, columns and gauges', () => {
    const names = DRIFT_STATISTICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  it.each([
    ['of a sample and itself', ramp(0), ramp(0)],
    ['of samples apart', ramp(0), ramp(1000)],
    ['of one value each', Float32Array.of(1), Float32Array.of(2)],
    ['of one value and many', new Float32Array(500).fill(3), ramp(0)],
  ])('are a number each, %s', (_, before, after) => {
    const values = runDriftTests(before, after);
    expect(Object.values(values).filter((value) => !Number.isFinite(value))).toEqual([]);
    // The stability index, which comes first, is computed by itself.
    expect(Object.keys(values)).toEqual(DRIFT_STATISTICS.slice(1).map(({ name }) => name));
  });

  it('of nothing are none', () => {
    expect(runDriftTests(new Float32Array(0), ramp(0))).toEqual({});
    expect(runDriftTests(ramp(0), new Float32Array(0))).toEqual({});
  });
});
