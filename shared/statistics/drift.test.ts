import { describe, expect, it } from '@jest/globals';
import { driftOf } from './drift.ts';
import { seededRandom } from './random.ts';
import { psi } from './stability.ts';

const normal = (seed: number, count: number, shift = 0) => {
  const random = seededRandom(seed);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) + shift,
  );
};

describe('drift', () => {
  it('the index of a sample with itself is zero', () => {
    const sample = normal(1, 1000);
    expect(psi(sample, sample).value).toBe(0);
  });

  it('calls two samples of one population stable and a shifted one drifted', () => {
    expect(driftOf(normal(1, 5000), normal(2, 4000)).status).toBe('stable');
    expect(driftOf(normal(1, 5000), normal(2, 4000, 1)).status).toBe('drifted');
    expect(driftOf(normal(1, 5000), normal(2, 4000, 0.36)).status).toBe('moderate');
  });

  it('a trifle at many rows is significant and yet stable', () => {
    const drift = driftOf(normal(1, 60_000), normal(2, 60_000, 0.05));
    expect(drift.statistics.ks_p_value).toBeLessThan(0.001);
    expect(drift.status).toBe('stable');
  });

  it('a feature that goes missing has drifted', () => {
    const gone = normal(2, 1000).map((value, i) => (i % 2 === 0 ? Number.NaN : value));
    const drift = driftOf(normal(1, 1000), gone);
    expect(drift.status).toBe('drifted');
    expect(drift.currentNullRate).toBeCloseTo(0.5, 12);
  });

  it('bins of a reference with many equal values merge and still hold everybody', () => {
    const zeros = Float32Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i));
    const { bins } = psi(zeros, zeros);
    expect(bins.reduce((sum, bin) => sum + bin.current, 0)).toBeCloseTo(1, 12);
  });

  it('does not judge a handful of rows', () => {
    const drift = driftOf(normal(1, 1000), normal(2, 50, 3));
    expect(drift).toMatchObject({ status: 'not-comparable', statistics: {} });
    expect(drift.reason).toContain('not enough data');
  });
});
