import { join } from 'node:path';
import {
  type Auth,
  Closer,
  createAuth,
  createLogger,
  createPool,
  type Logger,
  type Metrics,
} from '@churn/platform';
import type { Pool } from 'pg';
import type { ControlConfig } from './config.ts';
import { createControlMetrics } from './metrics.ts';

/** Where the migrations are: this service applies them when it starts. */
export const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/** Everything that the service works with, built and wired here and nowhere else. */
export interface Context {
  config: ControlConfig;
  log: Logger;
  pool: Pool;
  metrics: Metrics;
  auth: Auth;
  closer: Closer;
}

export interface ContextOptions {
  log?: Logger;
  /** Milliseconds; ages what is known of API keys. */
  now?: () => number;
}

export function createContext(config: ControlConfig, options: ContextOptions = {}): Context {
  const log = options.log ?? createLogger('control', config.LOG_LEVEL);
  const closer = new Closer(log);
  const pool = createPool(config.DATABASE_URL, { applicationName: 'churn-control', log });
  closer.add('postgres', () => pool.end());
  const auth = createAuth({
    pool,
    mode: config.CHURN_AUTH,
    defaultProject: config.CHURN_PROJECT,
    now: options.now ?? Date.now,
  });
  return { config, log, pool, metrics: createControlMetrics(pool), auth, closer };
}
