import type { Scored } from './ranking.ts';

/** Probabilities are kept this far from 0 and 1, so that one confident mistake does not make the loss infinite. */
const EDGE = 1e-7;

/** Log loss (natural logarithm) of each row. */
export function logLosses({ scores, labels }: Scored): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    const p = Math.min(1 - EDGE, Math.max(EDGE, scores[row] ?? 0));
    return -Math.log(label === 1 ? p : 1 - p);
  });
}

/** Squared difference of probability and outcome of each row; their mean is the Brier score. */
export function squaredErrors({ scores, labels }: Scored): Float64Array {
  return Float64Array.from(labels, (label, row) => ((scores[row] ?? 0) - label) ** 2);
}

/** Mean of values of which each counts `weights[row]` times, default once. */
export function weightedMean(values: Float64Array, weights?: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    sum += weight * (values[row] ?? 0);
    total += weight;
  }
  return sum / total;
}

export interface CalibrationBin {
  count: number;
  mean_predicted: number;
  observed: number;
}

/** Rows by ascending probability in `bins` groups of equal size (a curve of equal weight along its length). */
export function calibrationBins({ scores, labels }: Scored, bins = 10): CalibrationBin[] {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row).sort(
    (a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b,
  );
  return Array.from({ length: bins }, (_, bin) => {
    const from = Math.floor((bin * order.length) / bins);
    const to = Math.floor(((bin + 1) * order.length) / bins);
    let predicted = 0;
    let positives = 0;
    for (let i = from; i < to; i++) {
      predicted += scores[order[i] ?? 0] ?? 0;
      positives += labels[order[i] ?? 0] ?? 0;
    }
    const count = to - from;
    return { count, mean_predicted: predicted / count, observed: positives / count };
  }).filter(({ count }) => count > 0);
}

/** Expected calibration error: the bins' |observed - predicted|, weighted by their rows (Naeini et al. 2015, equal-mass bins). */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / rows) * Math.abs(bin.observed - bin.mean_predicted), 0);
}
