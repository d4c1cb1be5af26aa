import { createOnlineStore, type OnlineStore } from '@churn/online';
import {
  type Auth,
  Closer,
  closeRedis,
  createAuth,
  createLogger,
  createPool,
  createRedis,
  type Logger,
} from '@churn/platform';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { type Champions, watchChampions } from './champions.ts';
import type { InferenceConfig } from './config.ts';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { createInferenceMetrics, type InferenceMetrics } from './metrics.ts';

/** Everything that the service works with, built and wired here and nowhere else. */
export interface Context {
  config: InferenceConfig;
  log: Logger;
  pool: Pool;
  redis: Redis;
  store: OnlineStore;
  champions: Champions;
  dataPlane: DataPlane;
  metrics: InferenceMetrics;
  auth: Auth;
  closer: Closer;
}

export interface ContextOptions {
  log?: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
  maxQueued?: number;
}

export function createContext(config: InferenceConfig, options: ContextOptions = {}): Context {
  const log = options.log ?? createLogger('inference', config.LOG_LEVEL);
  const closer = new Closer(log);
  // Answers from stored predictions wait for Postgres a second, or a little more where it is frozen.
  const pool = createPool(config.DATABASE_URL, {
    applicationName: 'churn-inference',
    max: 8,
    statementTimeoutMs: 1_000,
    replyTimeoutMs: 1_500,
    connectTimeoutMs: 1_000,
    log,
  });
  closer.add('postgres', () => pool.end());
  const redis = createRedis(config.featureUrl, 'serving', log);
  closer.add('redis', () => closeRedis(redis));
  const store = createOnlineStore(redis);
  const metrics: InferenceMetrics = createInferenceMetrics(() => dataPlane.queued());
  const champions = watchChampions({
    pool,
    url: config.DATABASE_URL,
    log,
    onServing: (serving) => metrics.setModels(serving),
  });
  closer.add('models', () => champions.close());
  const dataPlane: DataPlane = createDataPlane({
    champions,
    store,
    pool,
    log,
    metrics: () => metrics,
    now: options.now ?? Date.now,
    ...(options.maxQueued !== undefined && { maxQueued: options.maxQueued }),
  });
  const auth = createAuth({ pool, mode: config.CHURN_AUTH, defaultProject: config.CHURN_PROJECT });
  return { config, log, pool, redis, store, champions, dataPlane, metrics, auth, closer };
}
