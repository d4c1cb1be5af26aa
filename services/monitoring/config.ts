import { type Config, loadConfig } from '@churn/platform';

const NAMES = [
  'DATABASE_URL',
  'LAKE_URL',
  'HOST',
  'PORT',
  'LOG_LEVEL',
  'CHURN_AUTH',
  'CHURN_PROJECT',
] as const;

export type MonitoringConfig = Config<(typeof NAMES)[number]>;

/** The service's settings. Throws ConfigError. */
export function loadMonitoringConfig(env: NodeJS.ProcessEnv = process.env): MonitoringConfig {
  return loadConfig('monitoring', NAMES, env);
}
