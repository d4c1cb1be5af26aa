import { type Config, loadConfig } from '@churn/platform';

const NAMES = [
  'DATABASE_URL',
  'LAKE_URL',
  'HOST',
  'PORT',
  'LOG_LEVEL',
  'CHURN_AUTH',
  'CHURN_PROJECT',
  'CHURN_CODE_COMMIT',
  'XGBOOST_LIBRARY',
] as const;

export type TrainingConfig = Config<(typeof NAMES)[number]>;

/** The service's settings. Throws ConfigError. */
export function loadTrainingConfig(env: NodeJS.ProcessEnv = process.env): TrainingConfig {
  return loadConfig('training', NAMES, env);
}
