import { type Config, ConfigError, loadConfig } from '@churn/platform';

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
] as const;

export type IngestionConfig = Config<(typeof NAMES)[number]> & { readonly featureUrl: string };

/** The service's settings. Throws ConfigError. */
export function loadIngestionConfig(env: NodeJS.ProcessEnv = process.env): IngestionConfig {
  const config = loadConfig('ingestion', NAMES, env);
  const featureUrl = config.FEATURE_REDIS_URL ?? config.REDIS_URL;
  if (featureUrl === undefined) {
    throw new ConfigError('ingestion', [
      'FEATURE_REDIS_URL: is required, or REDIS_URL for both roles (a URL such as redis://host:6379)',
    ]);
  }
  return { ...config, featureUrl };
}
