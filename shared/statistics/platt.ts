/** p = sigmoid(slope * margin + intercept) */
export interface Platt {
  slope: number;
  intercept: number;
}

const ITERATIONS = 100;
const GRADIENT_END = 1e-9;

/**
 * Platt scaling (Platt 1999) by Newton's method with backtracking as Lin, Lin and Weng 2007 write it, with their smoothed targets
 * (N+ + 1)/(N+ + 2) and 1/(N- + 2). `labels` are 0 or 1. Throws unless both classes occur.
 */
export function plattFit(margins: ArrayLike<number>, labels: ArrayLike<number>): Platt {
  let positives = 0;
  for (let row = 0; row < labels.length; row++) positives += labels[row] ?? 0;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0)
    throw new Error('Calibration needs customers who churned and customers who stayed.');
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const target = (row: number) => (labels[row] === 1 ? high : low);
  let slope = 1;
  let intercept = 0;
  let loss = lossOf(margins, target, slope, intercept);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const { ga, gb, haa, hab, hbb } = derivatives(margins, target, slope, intercept);
    if (Math.abs(ga) < GRADIENT_END && Math.abs(gb) < GRADIENT_END) break;
    const det = haa * hbb - hab * hab;
    const da = -(hbb * ga - hab * gb) / det;
    const db = -(haa * gb - hab * ga) / det;
    let step = 1;
    let next = lossOf(margins, target, slope + da, intercept + db);
    while (next > loss + 1e-4 * step * (ga * da + gb * db) && step > 1e-10) {
      step /= 2;
      next = lossOf(margins, target, slope + step * da, intercept + step * db);
    }
    if (step <= 1e-10) break;
    slope += step * da;
    intercept += step * db;
    loss = next;
  }
  return { slope, intercept };
}

/** Mean cross entropy, written so that no exponential overflows. */
function lossOf(
  margins: ArrayLike<number>,
  target: (row: number) => number,
  slope: number,
  intercept: number,
): number {
  let sum = 0;
  for (let row = 0; row < margins.length; row++) {
    const z = slope * (margins[row] ?? 0) + intercept;
    sum += Math.max(z, 0) - z * target(row) + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum / margins.length;
}

function derivatives(
  margins: ArrayLike<number>,
  target: (row: number) => number,
  slope: number,
  intercept: number,
) {
  const n = margins.length;
  const sums = { ga: 0, gb: 0, haa: 1e-12 * n, hab: 0, hbb: 1e-12 * n };
  for (let row = 0; row < n; row++) {
    const margin = margins[row] ?? 0;
    const p = sigmoid(slope * margin + intercept);
    const d = p - target(row);
    const w = p * (1 - p);
    sums.ga += margin * d;
    sums.gb += d;
    sums.haa += margin * margin * w;
    sums.hab += margin * w;
    sums.hbb += w;
  }
  return { ga: sums.ga / n, gb: sums.gb / n, haa: sums.haa / n, hab: sums.hab / n, hbb: sums.hbb / n };
}

export function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}
