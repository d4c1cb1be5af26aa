/** Largest product of sample sizes for which the exact distribution is summed; above it the one-sample limit is within its error. */
const EXACT_PRODUCT = 10_000;

export interface KsResult {
  /** Largest distance of the two empirical distribution functions. */
  statistic: number;
  /** Chance of a distance at least this large when both samples are of one distribution (two-sided). */
  pValue: number;
}

/**
 * Two-sample Kolmogorov-Smirnov test. NaN must be taken out before. Small samples: exact, by counting lattice paths. Larger ones: the
 * distribution of the one-sample statistic at n = round(mn / (m + n)), as scipy's `asymp` does (kstwo), not Kolmogorov's limit, which is off by
 * over 1% at these sizes. Throws for an empty sample.
 */
export function ksTwoSample(a: ArrayLike<number>, b: ArrayLike<number>): KsResult {
  if (a.length === 0 || b.length === 0)
    throw new RangeError('A Kolmogorov-Smirnov test needs two samples that are not empty.');
  const m = a.length;
  const n = b.length;
  const distance = largestDistance(Float64Array.from(a).sort(), Float64Array.from(b).sort());
  const statistic = distance / (m * n);
  const pValue =
    m * n <= EXACT_PRODUCT
      ? exactTail(m, n, distance)
      : kolmogorovTail(Math.round((m * n) / (m + n)), statistic);
  return { statistic, pValue };
}

/** The distance times m*n, an integer: no rounding decides which paths count. */
function largestDistance(a: Float64Array, b: Float64Array): number {
  const m = a.length;
  const n = b.length;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < m && j < n) {
    const at = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < m && a[i] === at) i++;
    while (j < n && b[j] === at) j++;
    largest = Math.max(largest, Math.abs(i * n - j * m));
  }
  return largest;
}

/** P(distance >= d) over all equally likely interleavings (Hodges 1957): one minus the share of paths that stay strictly inside. */
function exactTail(m: number, n: number, d: number): number {
  if (d === 0) return 1;
  // inside[j]: share of the paths to (i, j) that stayed inside so far.
  let inside = new Float64Array(n + 1);
  for (let i = 0; i <= m; i++) {
    const next = new Float64Array(n + 1);
    for (let j = 0; j <= n; j++) {
      if (Math.abs(i * n - j * m) >= d) continue;
      if (i === 0 && j === 0) next[j] = 1;
      else next[j] = ((inside[j] ?? 0) * i + (j > 0 ? (next[j - 1] ?? 0) * j : 0)) / (i + j);
    }
    inside = next;
  }
  return Math.min(1, Math.max(0, 1 - (inside[n] ?? 0)));
}

/** P(D_n >= d) of the one-sample statistic: Pelz and Good's expansion near the middle, twice Smirnov's exact one-sided sum in the tail. */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const z = n * d * d;
  if (z >= 370) return 0;
  return z < 2.2 ? 1 - pelzGood(n, d) : Math.min(1, 2 * smirnovTail(n, d));
}

/** P(D_n < d), Pelz and Good 1976, as Simard and L'Ecuyer 2011 write it (their K0 to K3). */
function pelzGood(n: number, d: number): number {
  const root = Math.sqrt(n);
  const z = root * d;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const pi2 = Math.PI * Math.PI;
  const pi4 = pi2 * pi2;
  const w = pi2 / (2 * z2);
  const sums = [0, 0, 0, 0];
  for (let k = 0; k <= 20; k++) {
    const h = k + 0.5;
    const h2 = h * h;
    const e = Math.exp(-h2 * w);
    sums[0] = (sums[0] ?? 0) + e;
    sums[1] = (sums[1] ?? 0) + (pi2 * h2 - z2) * e;
    sums[2] =
      (sums[2] ?? 0) + (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * h2 + pi4 * (1 - 2 * z2) * h2 * h2) * e;
    sums[3] =
      (sums[3] ?? 0) +
      (-30 * z6 -
        90 * z4 * z4 +
        pi2 * (135 * z4 - 96 * z6) * h2 +
        pi4 * (-60 * z2 + 212 * z4) * h2 * h2 +
        pi4 * pi2 * (5 - 30 * z2) * h2 * h2 * h2) *
        e;
  }
  let sum2 = 0;
  let sum3 = 0;
  for (let k = 1; k <= 20; k++) {
    const k2 = k * k;
    const e = Math.exp(-k2 * w);
    sum2 += k2 * e;
    sum3 += (3 * pi2 * k2 * z2 - pi4 * k2 * k2) * e;
  }
  const tau = Math.sqrt(Math.PI / 2);
  const tau2 = Math.sqrt(2 * Math.PI);
  const k0 = (tau2 / z) * (sums[0] ?? 0);
  const k1 = (tau / (3 * z4)) * (sums[1] ?? 0);
  const k2 = (tau / (36 * z4 * z2 * z)) * (sums[2] ?? 0) - ((tau * pi2) / (18 * z2 * z)) * sum2;
  const k3 = (tau / (3240 * z6 * z4)) * (sums[3] ?? 0) + (tau / (108 * z6)) * sum3;
  return k0 + k1 / root + k2 / n + k3 / (n * root);
}

/** P(D+_n >= d), Smirnov's exact sum (Birnbaum and Tingey 1951), each term from logarithms; all terms are positive. */
function smirnovTail(n: number, d: number): number {
  const last = Math.floor(n * (1 - d));
  let logBinomial = 0;
  let sum = 0;
  for (let j = 0; j <= last; j++) {
    const low = j / n + d;
    const high = 1 - d - j / n;
    const term =
      logBinomial +
      (j - 1) * Math.log(low) +
      (n - j) * (high > 0 ? Math.log(high) : Number.NEGATIVE_INFINITY);
    if (high > 0 || n === j) sum += Math.exp(n === j ? logBinomial + (j - 1) * Math.log(low) : term);
    logBinomial += Math.log((n - j) / (j + 1));
  }
  return Math.min(1, d * sum);
}
