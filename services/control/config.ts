import { type Config, loadConfig } from '@churn/platform';

const NAMES = [
  'DATABASE_URL',
  'HOST',
  'PORT',
  'LOG_LEVEL',
  'CHURN_AUTH',
  'CHURN_PROJECT',
  'CHURN_INFERENCE_URL',
  'CHURN_INGESTION_URL',
  'CHURN_BATCH_URL',
  'CHURN_TRAINING_URL',
  'CHURN_MONITORING_URL',
] as const;

export type ControlConfig = Config<(typeof NAMES)[number]>;

/** The service's settings. Throws ConfigError. */
export function loadControlConfig(env: NodeJS.ProcessEnv = process.env): ControlConfig {
  return loadConfig('control', NAMES, env);
}
