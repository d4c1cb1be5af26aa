import { describe, expect, it } from '@jest/globals';
import { kolmogorovTail, ksTwoSample } from './kolmogorov-smirnov.ts';
import { seededRandom } from './random.ts';

const uniform = (random: () => number, count: number, shift = 0) =>
  Array.from({ length: count }, () => random() + shift);

describe('two-sample Kolmogorov-Smirnov', () => {
  // scipy 1.x: kstwo.sf(d, n)
  it.each([
    [1000, 0.04, 0.07933956059000224],
    [12_000, 0.01, 0.18009691678286877],
    [12_000, 0.02, 0.00013357286372337897],
    [50, 0.5, 4.392853499119748e-12],
    [1200, 0.06, 0.00033808376430304564],
  ])('agrees with scipy for n = %d, d = %d', (n, d, expected) => {
    expect(kolmogorovTail(n, d) / expected).toBeCloseTo(1, 9);
  });

  it('counts the paths of small samples exactly', () => {
    // scipy: ks_2samp([1, 2, 3, 4, 5], [4.5, 5.5, 6, 7], method='exact') has D = 0.8 and p = 2 * 5 / 126
    const { statistic, pValue } = ksTwoSample([1, 2, 3, 4, 5], [4.5, 5.5, 6, 7]);
    expect(statistic).toBeCloseTo(0.8, 12);
    expect(pValue).toBeCloseTo(10 / 126, 12);
  });

  it('finds nothing between a sample and itself, in either order', () => {
    const sample = uniform(seededRandom(1), 500);
    expect(ksTwoSample(sample, sample)).toEqual({ statistic: 0, pValue: 1 });
    const other = uniform(seededRandom(2), 400, 0.1);
    expect(ksTwoSample(sample, other)).toEqual(ksTwoSample(other, sample));
  });

  it('rejects at its own rate when nothing happened, and nearly always when something did', () => {
    const random = seededRandom(3);
    let quiet = 0;
    let shifted = 0;
    for (let run = 0; run < 400; run++) {
      const reference = uniform(random, 300);
      if (ksTwoSample(reference, uniform(random, 300)).pValue < 0.05) quiet++;
      if (ksTwoSample(reference, uniform(random, 300, 0.2)).pValue < 0.05) shifted++;
    }
    expect(quiet / 400).toBeGreaterThan(0.01);
    expect(quiet / 400).toBeLessThan(0.09);
    expect(shifted / 400).toBeGreaterThan(0.95);
  });

  it('refuses an empty sample', () => {
    expect(() => ksTwoSample([], [1])).toThrow('not empty');
  });
});
