export { bootstrapByGroup, type Interval } from './bootstrap.ts';
export {
  type Drift,
  driftOf,
} from './drift.ts';
export { DRIFT_STATISTICS, PSI } from './drift-tests.ts';
export { type Platt, plattFit, sigmoid } from './platt.ts';
export {
  calibrationBins,
  expectedCalibrationError,
  logLosses,
  squaredErrors,
  weightedMean,
} from './probability.ts';
export { seededRandom } from './random.ts';
export {
  auc,
  rank,
  weightedAuc,
  weightedLiftAt,
  weightedPrAuc,
} from './ranking.ts';
export type { PsiBin } from './stability.ts';
