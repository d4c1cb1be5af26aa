import { join } from 'node:path';
import { lakePath, scratchFolder } from '@churn/lake';
import { type Auth, Closer, createAuth, createLogger, createPool, type Logger } from '@churn/platform';
import type { Pool } from 'pg';
import { codeCommit } from './code-commit.ts';
import type { TrainingConfig } from './config.ts';
import { createTrainingMetrics, type TrainingMetrics } from './metrics.ts';

/** Everything that the service works with, built and wired here and nowhere else. */
export interface Context {
  config: TrainingConfig;
  log: Logger;
  pool: Pool;
  metrics: TrainingMetrics;
  auth: Auth;
  /** Of the code that this process runs, as it was at its start. */
  codeCommit: string;
  tempDir: string;
  lakePath: (relative: string) => string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** The program that a run trains in. */
  trainingProcess: string;
  /** How often a run's progress is written, and its lease renewed. */
  reportMs: number;
  closer: Closer;
}

export interface ContextOptions {
  log?: Logger;
  now?: () => number;
  trainingProcess?: string;
  reportMs?: number;
  tempDir?: string;
  /** Where the code is; default here. */
  codeFolder?: string;
}

export function createContext(config: TrainingConfig, options: ContextOptions = {}): Context {
  const log = options.log ?? createLogger('training', config.LOG_LEVEL);
  const closer = new Closer(log);
  const pool = createPool(config.DATABASE_URL, { applicationName: 'churn-training', max: 5, log });
  closer.add('postgres', () => pool.end());
  return {
    config,
    log,
    pool,
    metrics: createTrainingMetrics(pool),
    auth: createAuth({ pool, mode: config.CHURN_AUTH, defaultProject: config.CHURN_PROJECT }),
    codeCommit: codeCommit(config.CHURN_CODE_COMMIT, options.codeFolder ?? import.meta.dirname),
    tempDir: options.tempDir ?? scratchFolder('training'),
    lakePath: (relative) => lakePath(config.LAKE_URL, relative),
    now: options.now ?? Date.now,
    trainingProcess: options.trainingProcess ?? join(import.meta.dirname, 'child/main.ts'),
    reportMs: options.reportMs ?? 300,
    closer,
  };
}
