import { createMetrics, type Metrics, sharedAnswer } from '@churn/platform';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { LastSuccess } from './queries/last-successes.ts';
import type { ChunkQueue } from './queue.ts';

export interface BatchMetrics extends Metrics {
  chunkScored(rows: number, seconds: number): void;
  chunkNotScored(outcome: 'fenced' | 'failed' | 'nothing'): void;
  runSucceeded(durationSeconds: number): void;
  runFailed(): void;
}

const CHUNK_BUCKETS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const RUN_BUCKETS = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200];

interface Asked {
  queue: Pick<ChunkQueue, 'depth'>;
  lastSuccesses: () => Promise<LastSuccess[]>;
}

/**
 * The queue and the table of runs are asked at each scrape, so that every replica says the same and a restart forgets nothing. One that is
 * away leaves its gauges as they were, and readiness says so.
 */
export function createBatchMetrics({ queue, lastSuccesses }: Asked): BatchMetrics {
  const base = createMetrics('batch');
  const registers = [base.registry];
  queueGauges(queue, registers);
  lastRunGauges(lastSuccesses, registers);
  const chunk = new Histogram({
    name: 'batch_chunk_duration_seconds',
    help: 'Time to read, score and write a chunk',
    buckets: CHUNK_BUCKETS,
    registers,
  });
  const skipped = new Counter({
    name: 'batch_chunks_not_scored_total',
    help: 'Jobs that ended without rows',
    labelNames: ['outcome'],
    registers,
  });
  const scored = new Counter({
    name: 'batch_customers_scored_total',
    help: 'Customers scored and written',
    registers,
  });
  const rate = new Gauge({
    name: 'batch_chunk_rows_per_second',
    help: 'Customers a second in the last chunk',
    registers,
  });
  const run = new Histogram({
    name: 'batch_run_duration_seconds',
    help: 'Time from the start of a run to its end',
    buckets: RUN_BUCKETS,
    registers,
  });
  const failed = new Counter({ name: 'batch_runs_failed_total', help: 'Runs that failed', registers });
  return {
    ...base,
    chunkScored(rows, seconds) {
      chunk.observe(seconds);
      scored.inc(rows);
      rate.set(rows / Math.max(seconds, 1e-6));
    },
    chunkNotScored: (outcome) => skipped.inc({ outcome }),
    runSucceeded: (durationSeconds) => run.observe(durationSeconds),
    runFailed: () => failed.inc(),
  };
}

function queueGauges(queue: Asked['queue'], registers: Metrics['registry'][]): void {
  const depth = sharedAnswer(() => queue.depth());
  new Gauge({
    name: 'batch_queue_oldest_seconds',
    help: 'Age of the oldest chunk that waits in the queue',
    registers,
    async collect() {
      const now = await depth();
      if (now !== undefined) this.set(now.oldestSeconds);
    },
  });
  new Gauge({
    name: 'batch_queue_depth',
    help: 'Chunks in the queue',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      const now = await depth();
      if (now === undefined) return;
      this.set({ state: 'waiting' }, now.waiting);
      this.set({ state: 'active' }, now.active);
    },
  });
}

function lastRunGauges(lastSuccesses: Asked['lastSuccesses'], registers: Metrics['registry'][]): void {
  const runs = sharedAnswer(lastSuccesses);
  const gauge = (names: { name: string; help: string }, value: (run: LastSuccess) => number) =>
    new Gauge({
      ...names,
      labelNames: ['project'] as const,
      registers,
      async collect() {
        for (const run of (await runs()) ?? []) this.set({ project: run.project }, value(run));
      },
    });
  gauge(
    { name: 'batch_run_last_success_timestamp_seconds', help: 'When a run of the project last succeeded' },
    (run) => run.finishedAt,
  );
  gauge({ name: 'batch_run_customers', help: "Customers in the project's last run" }, (run) => run.customers);
  gauge(
    {
      name: 'batch_run_high_risk_customers',
      help: "Eligible customers of high risk in the project's last run",
    },
    (run) => run.highRisk,
  );
}
