import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type Config, ConfigError, loadConfig } from '@churn/platform';
import { URL_SETTINGS } from '../services.ts';

/** What `churn up` reads, and what it only hands on: a service that refuses a setting says so when a minute of work is done. */
const NAMES = [
  ...URL_SETTINGS,
  'CRM_DATABASE_URL',
  'REDIS_URL',
  'LOG_LEVEL',
  'CHURN_EVENT_HORIZON_DAYS',
  'CHURN_BATCH_SCHEDULE',
  'CHURN_BATCH_CHUNK_ROWS',
  'CHURN_BATCH_CONCURRENCY',
  'CHURN_PREDICTION_DAYS',
  'CHURN_CODE_COMMIT',
  'XGBOOST_LIBRARY',
] as const;
/** Required of a service, but ours to fill in where they are not given. */
const FILLED_IN = ['DATABASE_URL', 'FEATURE_REDIS_URL', 'QUEUE_REDIS_URL', 'LAKE_URL'] as const;

export type UpSettings = Config<(typeof NAMES)[number]> & Partial<Config<(typeof FILLED_IN)[number]>>;

/** The settings of `churn up`, and a check of those that the services will read. Throws ConfigError with every fault. */
export function loadUpSettings(env: NodeJS.ProcessEnv = process.env): UpSettings {
  const given = FILLED_IN.filter((name) => isGiven(env, name));
  const config = loadConfig('churn up', [...NAMES, ...given], env);
  const library = config.XGBOOST_LIBRARY;
  // A bare name is looked up by the loader, in places that only it knows.
  if (library !== undefined && isAbsolute(library) && !existsSync(library))
    throw new ConfigError('churn up', [
      `XGBOOST_LIBRARY: there is no file ${library}. Unset it to use the installed library (sudo apt-get install -y libxgboost0, or brew install xgboost), or give the path of another.`,
    ]);
  return config;
}

export function isGiven(env: NodeJS.ProcessEnv, name: string): boolean {
  return Boolean(env[name] || env[`${name}_FILE`]);
}
