import { type Duck, lakePath, openDuck, scratchFolder } from '@churn/lake';
import { type Auth, Closer, createAuth, createLogger, createPool, type Logger } from '@churn/platform';
import type { Pool } from 'pg';
import type { MonitoringConfig } from './config.ts';
import { createMonitoringMetrics, type MonitoringMetrics } from './metrics.ts';

/** Everything that the service works with, built and wired here and nowhere else. */
export interface Context {
  config: MonitoringConfig;
  log: Logger;
  pool: Pool;
  duck: Duck;
  metrics: MonitoringMetrics;
  auth: Auth;
  /** Absolute path of a file of the lake. */
  lakePath: (relative: string) => string;
  /** Milliseconds since 1970. */
  now: () => number;
  closer: Closer;
}

export interface ContextOptions {
  log?: Logger;
  now?: () => number;
}

export async function createContext(
  config: MonitoringConfig,
  options: ContextOptions = {},
): Promise<Context> {
  const log = options.log ?? createLogger('monitoring', config.LOG_LEVEL);
  const closer = new Closer(log);
  const pool = createPool(config.DATABASE_URL, {
    applicationName: 'churn-monitoring',
    max: 5,
    statementTimeoutMs: 120_000,
    log,
  });
  closer.add('postgres', () => pool.end());
  const duck = await openDuck({
    tempDir: scratchFolder('monitoring'),
    threads: 1,
    memoryLimit: '512MiB',
  });
  closer.add('duckdb', () => duck.close());
  return {
    config,
    log,
    pool,
    duck,
    metrics: createMonitoringMetrics(),
    auth: createAuth({ pool, mode: config.CHURN_AUTH, defaultProject: config.CHURN_PROJECT }),
    lakePath: (relative) => lakePath(config.LAKE_URL, relative),
    now: options.now ?? Date.now,
    closer,
  };
}
