import { seededRandom } from './random.ts';

export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** One group a row, counted from 0; all rows of a customer are drawn together, since they are not independent. */
  groups: Uint32Array;
  resamples: number;
  seed: number;
  onProgress?: (done: number, total: number) => void;
}

/**
 * Percentile intervals (95%) of several statistics at once by resampling groups with replacement (Efron 1979; cluster bootstrap).
 * `statistic(weights)` computes them with row r counted weights[r] times; undefined means each row once.
 */
export function bootstrapByGroup(
  statistic: (weights: Float64Array | undefined) => number[],
  { groups, resamples, seed, onProgress }: BootstrapOptions,
): Interval[] {
  const values = statistic(undefined);
  const groupCount = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const draws = new Uint32Array(groupCount);
  const weights = new Float64Array(groups.length);
  const random = seededRandom(seed);
  const samples = values.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    draws.fill(0);
    for (let draw = 0; draw < groupCount; draw++) {
      const group = Math.floor(random() * groupCount);
      draws[group] = (draws[group] ?? 0) + 1;
    }
    for (let row = 0; row < weights.length; row++) weights[row] = draws[groups[row] ?? 0] ?? 0;
    for (const [index, value] of statistic(weights).entries()) {
      const column = samples[index];
      if (column !== undefined) column[resample] = value;
    }
    onProgress?.(resample + 1, resamples);
  }
  return values.map((value, index) => {
    const sorted = (samples[index] ?? new Float64Array()).filter((x) => !Number.isNaN(x)).sort();
    return { value, low: quantileOfSorted(sorted, 0.025), high: quantileOfSorted(sorted, 0.975) };
  });
}

/** Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). NaN of nothing. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
