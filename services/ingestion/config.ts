import { type Config, loadConfig, redisUrl } from '@churn/platform';

const NAMES = [
  'DATABASE_URL',
  'REDIS_URL',
  'FEATURE_REDIS_URL',
  'LAKE_URL',
  'HOST',
  'PORT',
  'LOG_LEVEL',
  'CHURN_AUTH',
  'CHURN_PROJECT',
  'CHURN_EVENT_HORIZON_DAYS',
] as const;

export type IngestionConfig = Config<(typeof NAMES)[number]> & { readonly featureUrl: string };

/** The service's settings. Throws ConfigError. */
export function loadIngestionConfig(env: NodeJS.ProcessEnv = process.env): IngestionConfig {
  const config = loadConfig('ingestion', NAMES, env);
  return { ...config, featureUrl: redisUrl(config, 'FEATURE_REDIS_URL') };
}
