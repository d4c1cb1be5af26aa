import { seededRandom, sigmoid } from '@churn/statistics';
import { describe, expect, test } from '@jest/globals';
import { trainBooster } from './booster.ts';
import { calibrate, positiveWeight, scoreOutOfFold } from './calibrate.ts';
import { xgboostParameters } from './parameters.ts';
import type { Rows } from './read-rows.ts';
import { loadXgboost } from './xgboost-library.ts';

const library = loadXgboost(undefined);
const TRAINING = {
  algorithm: 'boosted-trees',
  cuts: 1,
  cut_every_days: 30,
  trees: 30,
  depth: 3,
  learning_rate: 0.1,
  seed: 4,
} as const;
const RATE = 0.05;

/** One in twenty churns, the likelier the larger the value. */
function rareChurn(rows: number, seed: number): Rows {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: rows }, () => random());
  const labels = data.map((value) => (random() < 2 * RATE * value ? 1 : 0));
  return { data, rows, columns: 1, labels, customers: Uint32Array.from({ length: rows }, (_, row) => row) };
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

describe('when one customer in twenty churns', () => {
  const train = rareChurn(6_000, 1);
  const held = rareChurn(6_000, 2);
  const margins = (weight: number) => {
    const booster = trainBooster(library, train, train.labels, xgboostParameters(TRAINING, weight));
    const found = booster.margins(held);
    booster.free();
    return found;
  };

  test('those who churn weigh as much in the trees as those who stay', () => {
    const weight = positiveWeight(train.labels);
    const positives = train.labels.reduce((sum, x) => sum + x, 0);
    expect(weight * positives).toBeCloseTo(train.rows - positives, 6);
    // Balanced trees centre on one half; without the weight, on the rate of churn.
    expect(mean(margins(weight).map(sigmoid))).toBeGreaterThan(0.35);
    expect(mean(margins(1).map(sigmoid))).toBeLessThan(0.12);
  });

  test('calibration gives the probabilities back: on unseen customers their mean is the rate of churn', () => {
    const outOfFold = scoreOutOfFold(library, train, TRAINING, () => {});
    const { slope, intercept } = calibrate(outOfFold, train.labels);
    const scores = margins(positiveWeight(train.labels)).map((margin) => sigmoid(slope * margin + intercept));
    expect(Math.abs(mean(scores) - mean(held.labels))).toBeLessThan(0.015);
  });
});
