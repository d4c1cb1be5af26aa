import type { ModelMetrics } from '@churn/contracts';
import {
  auc,
  bootstrapByGroup,
  brier,
  byScore,
  calibrationBins,
  expectedCalibrationError,
  type Interval,
  logLoss,
  weightedAuc,
  weightedLiftAt,
  weightedPrAuc,
} from '@churn/statistics';
import type { Rows } from './read-rows.ts';

const RESAMPLES = 300;

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
  const order = byScore(scores);
  const intervals = bootstrapByGroup(
    (weights) => [
      weightedAuc(data, order, weights),
      weightedPrAuc(data, order, weights),
      logLoss(data, weights),
      brier(data, weights),
      weightedLiftAt(data, order, weights, 0.1),
    ],
    { groups: denseGroups(rows.customers), resamples: RESAMPLES, seed, onProgress },
  );
  const [aucInterval, prAuc, loss, brierScore, lift] = intervals as [
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
    brier: brierScore,
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
