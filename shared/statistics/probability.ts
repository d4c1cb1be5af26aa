import type { Scored } from './ranking.ts';

/** Probabilities are kept this far from 0 and 1, so that one confident mistake does not make the loss infinite. */
const EDGE = 1e-7;

/** Mean log loss (natural logarithm); a row may count `weights[row]` times. */
export function logLoss({ scores, labels }: Scored, weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const p = Math.min(1 - EDGE, Math.max(EDGE, scores[row] ?? 0));
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    sum -= weight * Math.log(labels[row] === 1 ? p : 1 - p);
    total += weight;
  }
  return sum / total;
}

/** Brier score: mean squared difference of probability and outcome; a row may count `weights[row]` times. */
export function brier({ scores, labels }: Scored, weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    sum += weight * ((scores[row] ?? 0) - (labels[row] ?? 0)) ** 2;
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
