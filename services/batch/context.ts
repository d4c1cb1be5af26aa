import { hostname } from 'node:os';
import { type Duck, lakePath, openDuck, scratchFolder } from '@churn/lake';
import { type Auth, Closer, createAuth, createLogger, createPool, type Logger } from '@churn/platform';
import type { Pool } from 'pg';
import { createScorers, type Scorers } from './chunks/scorers.ts';
import type { BatchConfig } from './config.ts';
import type { Limits } from './decisions.ts';
import { type Hooks, NO_HOOKS } from './hooks.ts';
import { LIMITS } from './limits.ts';
import { type BatchMetrics, createBatchMetrics } from './metrics.ts';
import { lastSuccesses } from './queries/last-successes.ts';
import { type ChunkQueue, createChunkQueue } from './queue.ts';

/** Everything that the service works with, built and wired here and nowhere else. */
export interface Context {
  config: BatchConfig;
  limits: Limits;
  log: Logger;
  pool: Pool;
  /** Database of high_churn_risk_customers; may be another. */
  crmPool: Pool;
  queue: ChunkQueue;
  /** For reading slices of snapshots. */
  duck: Duck;
  scorers: Scorers;
  metrics: BatchMetrics;
  auth: Auth;
  hooks: Hooks;
  /** host:pid, as the ledger names a worker. */
  processName: string;
  tempDir: string;
  /** Absolute path of a file of the lake. */
  lakePath: (relative: string) => string;
  /** Milliseconds since 1970; decides days and instants, never leases. */
  now: () => number;
  closer: Closer;
}

export interface ContextOptions {
  limits?: Partial<Limits>;
  hooks?: Hooks;
  now?: () => number;
  log?: Logger;
}

/** Builds the context; `context.closer` ends all of it. */
export async function createContext(config: BatchConfig, options: ContextOptions = {}): Promise<Context> {
  const log = options.log ?? createLogger('batch', config.LOG_LEVEL);
  const closer = new Closer(log);
  const pool = createPool(config.DATABASE_URL, { applicationName: 'churn-batch', max: 12, log });
  closer.add('postgres', () => pool.end());
  const crmUrl = config.CRM_DATABASE_URL ?? config.DATABASE_URL;
  const crmPool = createPool(crmUrl, {
    applicationName: 'churn-crm-export',
    max: 2,
    statementTimeoutMs: 300_000,
    log,
  });
  closer.add('CRM database', () => crmPool.end());
  const queue = createChunkQueue(config.queueUrl, log);
  closer.add('queue', () => queue.close());
  const tempDir = scratchFolder('batch');
  // Slices are small: two threads and little memory leave the rest to the snapshot and the scorer.
  const duck = await openDuck({ tempDir, threads: 2, memoryLimit: '512MiB' });
  closer.add('duckdb', () => duck.close());
  const scorers = createScorers(pool);
  closer.add('scorers', () => scorers.close());
  return {
    config,
    limits: { ...LIMITS, ...options.limits },
    log,
    pool,
    crmPool,
    queue,
    duck,
    scorers,
    metrics: createBatchMetrics({ queue, lastSuccesses: () => lastSuccesses(pool) }),
    auth: createAuth({ pool, mode: config.CHURN_AUTH, defaultProject: config.CHURN_PROJECT }),
    hooks: options.hooks ?? NO_HOOKS,
    processName: `${hostname()}:${process.pid}`,
    tempDir,
    lakePath: (relative) => lakePath(config.LAKE_URL, relative),
    now: options.now ?? Date.now,
    closer,
  };
}
