export { type BootstrapOptions, bootstrapByGroup, type Interval, quantileOfSorted } from './bootstrap.ts';
export {
  type Drift,
  type DriftStatus,
  driftOf,
  PSI_DRIFTED,
  PSI_MODERATE,
} from './drift.ts';
export { DRIFT_STATISTICS, PSI } from './drift-tests.ts';
export { type KsResult, ksTwoSample } from './kolmogorov-smirnov.ts';
export { type Platt, plattFit, sigmoid } from './platt.ts';
export {
  type CalibrationBin,
  calibrationBins,
  expectedCalibrationError,
  logLosses,
  squaredErrors,
  weightedMean,
} from './probability.ts';
export { seededRandom } from './random.ts';
export {
  auc,
  liftAt,
  prAuc,
  type Ranking,
  rank,
  type Scored,
  weightedAuc,
  weightedLiftAt,
  weightedPrAuc,
} from './ranking.ts';
export { type PsiBin, psi } from './stability.ts';
