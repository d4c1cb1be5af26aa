import { type Duck, lakePath, openDuck, scratchFolder } from '@churn/lake';
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
import type { IngestionConfig } from './config.ts';
import { createIngestionMetrics, type IngestionMetrics } from './metrics.ts';
import { readDatabaseNow } from './queries/database-now.ts';

/** Everything that the service works with, built and wired here and nowhere else. */
export interface Context {
  config: IngestionConfig;
  log: Logger;
  pool: Pool;
  redis: Redis;
  store: OnlineStore;
  metrics: IngestionMetrics;
  auth: Auth;
  /** Opens a DuckDB for one piece of work. */
  openDuck: () => Promise<Duck>;
  /** Absolute path of a file of the lake. */
  lakePath: (relative: string) => string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** The database's clock, by which rows are dated: milliseconds since 1970. */
  databaseNow: () => Promise<number>;
  closer: Closer;
}

export interface ContextOptions {
  log?: Logger;
  /** A clock for tests; the database's is then the same. */
  now?: () => number;
}

export function createContext(config: IngestionConfig, options: ContextOptions = {}): Context {
  const log = options.log ?? createLogger('ingestion', config.LOG_LEVEL);
  const now = options.now ?? Date.now;
  const closer = new Closer(log);
  const pool = createPool(config.DATABASE_URL, { applicationName: 'churn-ingestion', max: 12, log });
  closer.add('postgres', () => pool.end());
  const redis = createRedis(config.featureUrl, 'worker', log);
  closer.add('redis', () => closeRedis(redis));
  const tempDir = scratchFolder('ingestion');
  return {
    config,
    log,
    pool,
    redis,
    store: createOnlineStore(redis),
    metrics: createIngestionMetrics(pool, now, config.CHURN_EVENT_HORIZON_DAYS),
    auth: createAuth({ pool, mode: config.CHURN_AUTH, defaultProject: config.CHURN_PROJECT }),
    openDuck: () => openDuck({ tempDir }),
    lakePath: (relative) => lakePath(config.LAKE_URL, relative),
    now,
    databaseNow: options.now === undefined ? () => readDatabaseNow(pool) : async () => now(),
    closer,
  };
}
