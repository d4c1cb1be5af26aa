import { createMetrics, type Metrics } from '@churn/platform';
import type { Pool } from 'pg';
import { Counter, Gauge, Histogram } from 'prom-client';

export interface TrainingMetrics extends Metrics {
  ended(outcome: 'succeeded' | 'failed' | 'retried' | 'fenced' | 'cancelled', seconds: number): void;
}

export function createTrainingMetrics(pool: Pool): TrainingMetrics {
  const base = createMetrics('training');
  const registers = [base.registry];
  const runs = new Counter({
    name: 'training_runs_total',
    help: 'Training runs by how they ended',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'training_run_duration_seconds',
    help: 'Time of a training run',
    buckets: [1, 5, 15, 60, 300, 1800, 7200],
    registers,
  });
  new Gauge({
    name: 'training_queue_runs',
    help: 'Training runs that wait or are under way',
    labelNames: ['state'],
    registers,
    async collect() {
      const found = await pool
        .query<{ state: string; runs: number }>(
          `SELECT state, count(*)::int AS runs FROM training_run WHERE state IN ('pending', 'running') GROUP BY state`,
        )
        .catch(() => undefined);
      if (found === undefined) return;
      this.reset();
      for (const { state, runs } of found.rows) this.set({ state }, runs);
    },
  });
  return {
    ...base,
    ended(outcome, seconds) {
      runs.inc({ outcome });
      duration.observe(seconds);
    },
  };
}
