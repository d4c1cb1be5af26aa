import { join } from 'node:path';
import {
  type Auth,
  Closer,
  createAuth,
  createLogger,
  createMetrics,
  createPool,
  type Logger,
  type Metrics,
} from '@churn/platform';
import type { Pool } from 'pg';
import type { ControlConfig } from './config.ts';

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

export function createContext(config: ControlConfig, options: { log?: Logger } = {}): Context {
  const log = options.log ?? createLogger('control', config.LOG_LEVEL);
  const closer = new Closer(log);
  const pool = createPool(config.DATABASE_URL, { applicationName: 'churn-control', log });
  closer.add('postgres', () => pool.end());
  const auth = createAuth({ pool, mode: config.CHURN_AUTH, defaultProject: config.CHURN_PROJECT });
  return { config, log, pool, metrics: createMetrics('control'), auth, closer };
}
