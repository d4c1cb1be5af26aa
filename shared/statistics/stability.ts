import { quantileOfSorted } from './bootstrap.ts';

/** Share that an empty bin counts as; without it one empty bin would make the index infinite. */
const EMPTY = 1e-4;

export interface PsiBin {
  /** Bounds of the bin, (low, high]; null: the missing values. */
  low: number | null;
  high: number | null;
  reference: number;
  current: number;
}

/**
 * Population stability index over quantile bins of the reference, with missing values (NaN) as a bin of their own, so that a feature that
 * vanishes is drift. A value that several quantiles share (many zeros) is a bin of its own, so that a move to either side of it shows.
 * Empty bins count as 0.0001. Throws for an empty sample.
 */
export function psi(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  bins = 10,
): { value: number; bins: PsiBin[] } {
  if (reference.length === 0 || current.length === 0)
    throw new RangeError('A stability index needs two samples that are not empty.');
  const sorted = Float64Array.from(reference)
    .filter((x) => !Number.isNaN(x))
    .sort();
  const edges = quantileEdges(sorted, bins);
  const expected = shares(reference, edges);
  const actual = shares(current, edges);
  const found = expected.map((share, index): PsiBin => {
    const missing = index === expected.length - 1;
    return {
      low: missing ? null : (edges[index - 1] ?? Number.NEGATIVE_INFINITY),
      high: missing ? null : (edges[index] ?? Number.POSITIVE_INFINITY),
      reference: share,
      current: actual[index] ?? 0,
    };
  });
  const used = found.filter((bin) => bin.reference > 0 || bin.current > 0);
  return { value: used.reduce((sum, bin) => sum + contribution(bin), 0), bins: used };
}

function contribution({ reference, current }: PsiBin): number {
  const expected = Math.max(reference, EMPTY);
  const actual = Math.max(current, EMPTY);
  return (actual - expected) * Math.log(actual / expected);
}

/** Distinct inner quantiles, and the number just below one that repeats: k edges make k + 1 bins. */
function quantileEdges(sorted: Float64Array, bins: number): number[] {
  const quantiles = Array.from({ length: bins - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) / bins));
  return quantiles.flatMap((edge, i) => {
    if (Number.isNaN(edge) || edge === quantiles[i - 1]) return [];
    return edge === quantiles[i + 1] ? [justBelow(edge), edge] : [edge];
  });
}

/** Far closer than the next Float32, which is what features are. */
function justBelow(x: number): number {
  return x === 0 ? -Number.MIN_VALUE : x - Math.abs(x) * Number.EPSILON;
}

/** Share of each bin, the last of the missing values. */
function shares(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 2).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    const bin = Number.isNaN(value) ? edges.length + 1 : binOf(value, edges);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / values.length);
}

function binOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
