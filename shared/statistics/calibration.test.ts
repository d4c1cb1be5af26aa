import { describe, expect, it } from '@jest/globals';
import { plattFit, sigmoid } from './platt.ts';
import {
  calibrationBins,
  expectedCalibrationError,
  logLosses,
  squaredErrors,
  weightedMean,
} from './probability.ts';
import { seededRandom } from './random.ts';

describe('calibration', () => {
  it('Platt scaling finds the slope and intercept that made the outcomes', () => {
    const random = seededRandom(11);
    const margins = Float64Array.from({ length: 40_000 }, () => random() * 6 - 3);
    const labels = margins.map((margin) => (random() < sigmoid(1.7 * margin - 0.6) ? 1 : 0));
    const { slope, intercept } = plattFit(margins, labels);
    expect(slope).toBeCloseTo(1.7, 1);
    expect(intercept).toBeCloseTo(-0.6, 1);
  });

  it('stays finite when the classes are separable', () => {
    const { slope, intercept } = plattFit([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(Number.isFinite(slope)).toBe(true);
    expect(Number.isFinite(intercept)).toBe(true);
  });

  it('needs both classes', () => {
    expect(() => plattFit([1, 2], [1, 1])).toThrow('who churned and customers who stayed');
  });

  it('log loss and Brier score of known cases', () => {
    const data = { scores: [0.9, 0.2], labels: [1, 0] };
    expect(weightedMean(logLosses(data))).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 12);
    expect(weightedMean(squaredErrors(data))).toBeCloseTo((0.01 + 0.04) / 2, 12);
    expect(Number.isFinite(logLosses({ scores: [0], labels: [1] })[0])).toBe(true);
  });

  it('a calibrated score has a small calibration error, a distorted one a large one', () => {
    const random = seededRandom(12);
    const truth = Float64Array.from({ length: 20_000 }, () => random());
    const labels = truth.map((p) => (random() < p ? 1 : 0));
    const error = (scores: Float64Array) => expectedCalibrationError(calibrationBins({ scores, labels }));
    expect(error(truth)).toBeLessThan(0.02);
    expect(error(truth.map((p) => p * p))).toBeGreaterThan(0.1);
  });
});
