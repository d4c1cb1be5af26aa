import type { ModelMetrics } from '@churn/contracts';
import {
  auc,
  bootstrapByGroup,
  calibrationBins,
  expectedCalibrationError,
  type Interval,
  logLosses,
  rank,
  squaredErrors,
  weightedAuc,
  weightedLiftAt,
  weightedMean,
  weightedPrAuc,
} from '@churn/statistics';
import type { Rows } from './read-rows.ts';

/** Between two seeds the ends of the interval of AUC move by some 0.0005 then (standard error, CDNOW): the third digit can be read. */
const RESAMPLES = 2_000;

interface Evaluation {
  rows: Rows;
  scores: Float32Array;
  baseline: { feature: string; column: number };
  seed: number;
  onProgress: (done: number, total: number) => void;
}

/** Metrics on held-out rows with 95% intervals by customer bootstrap, beside what one feature alone would reach. */
export function evaluate({ rows, scores, baseline, seed, onProgress }: Evaluation): ModelMetrics {
  const data = { scores, labels: rows.labels };
  const ranking = rank(data);
  const ranked = {
    scores: Float32Array.from(ranking.rows, (row) => scores[row] ?? 0),
    labels: ranking.labels,
  };
  const losses = logLosses(ranked);
  const errors = squaredErrors(ranked);
  const intervals = bootstrapByGroup(
    (weights) => [
      weightedAuc(ranking, weights),
      weightedPrAuc(ranking, weights),
      weightedMean(losses, weights),
      weightedMean(errors, weights),
      weightedLiftAt(ranking, 0.1, weights),
    ],
    {
      groups: denseGroups(ranking.rows.map((row) => rows.customers[row] ?? 0)),
      resamples: RESAMPLES,
      seed,
      onProgress,
    },
  );
  const [aucInterval, prAuc, loss, brier, lift] = intervals as [
    Interval,
    Interval,
    Interval,
    Interval,
    Interval,
  ];
  const calibration = calibrationBins(data);
  return {
    auc: aucInterval,
    pr_auc: prAuc,
    log_loss: loss,
    brier,
    lift_at_10: lift,
    calibration_error: expectedCalibrationError(calibration),
    calibration,
    baseline: {
      feature: baseline.feature,
      auc: auc({ scores: columnOf(rows, baseline.column), labels: rows.labels }),
    },
    rows: rows.rows,
    positives: rows.labels.reduce((sum, label) => sum + label, 0),
  };
}

/** A column; a missing value ranks last. */
function columnOf(rows: Rows, column: number): Float64Array {
  return Float64Array.from({ length: rows.rows }, (_, row) => {
    const value = rows.data[row * rows.columns + column] ?? Number.NaN;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  });
}

/** Customers numbered anew without gaps, so that every group drawn has rows. */
function denseGroups(customers: Uint32Array): Uint32Array {
  const numbers = new Map<number, number>();
  return customers.map((customer) => {
    const known = numbers.get(customer) ?? numbers.size;
    numbers.set(customer, known);
    return known;
  });
}
