import { type Config, loadConfig, redisUrl } from '@churn/platform';

const NAMES = [
  'DATABASE_URL',
  'CRM_DATABASE_URL',
  'REDIS_URL',
  'QUEUE_REDIS_URL',
  'LAKE_URL',
  'HOST',
  'PORT',
  'LOG_LEVEL',
  'CHURN_AUTH',
  'CHURN_PROJECT',
  'CHURN_BATCH_ROLE',
  'CHURN_BATCH_SCHEDULE',
  'CHURN_BATCH_CHUNK_ROWS',
  'CHURN_BATCH_CONCURRENCY',
  'CHURN_PREDICTION_DAYS',
] as const;

export type BatchConfig = Config<(typeof NAMES)[number]> & { readonly queueUrl: string };

/** The service's settings. Throws ConfigError. */
export function loadBatchConfig(env: NodeJS.ProcessEnv = process.env): BatchConfig {
  const config = loadConfig('batch', NAMES, env);
  return { ...config, queueUrl: redisUrl(config, 'QUEUE_REDIS_URL') };
}
