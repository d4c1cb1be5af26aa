import { createMetrics, type Metrics } from '@churn/platform';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { ChunkQueue } from './queue.ts';

export interface BatchMetrics extends Metrics {
  chunkScored(rows: number, seconds: number): void;
  chunkNotScored(outcome: 'fenced' | 'failed' | 'nothing'): void;
  runSucceeded(run: {
    projectId: string;
    durationSeconds: number;
    customers: number;
    highRisk: number;
  }): void;
  runFailed(): void;
}

const CHUNK_BUCKETS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const RUN_BUCKETS = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200];

/** The queue is asked at each scrape; a queue that is away leaves its gauges as they were, and readiness says so. */
export function createBatchMetrics(queue: Pick<ChunkQueue, 'depth'>): BatchMetrics {
  const base = createMetrics('batch');
  const registers = [base.registry];
  queueGauges(queue, registers);
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
  const labelNames = ['project'] as const;
  const last = new Gauge({
    name: 'batch_run_last_success_timestamp_seconds',
    help: 'When a run of the project last succeeded',
    labelNames,
    registers,
  });
  const customers = new Gauge({
    name: 'batch_run_customers',
    help: "Customers in the project's last run",
    labelNames,
    registers,
  });
  const highRisk = new Gauge({
    name: 'batch_run_high_risk_customers',
    help: "Eligible customers of high risk in the project's last run",
    labelNames,
    registers,
  });
  return {
    ...base,
    chunkScored(rows, seconds) {
      chunk.observe(seconds);
      scored.inc(rows);
      rate.set(rows / Math.max(seconds, 1e-6));
    },
    chunkNotScored: (outcome) => skipped.inc({ outcome }),
    runSucceeded(done) {
      run.observe(done.durationSeconds);
      last.set({ project: done.projectId }, Date.now() / 1000);
      customers.set({ project: done.projectId }, done.customers);
      highRisk.set({ project: done.projectId }, done.highRisk);
    },
    runFailed: () => failed.inc(),
  };
}

function queueGauges(queue: Pick<ChunkQueue, 'depth'>, registers: Metrics['registry'][]): void {
  const labelNames = ['state'] as const;
  const age = new Gauge({
    name: 'batch_queue_oldest_seconds',
    help: 'Age of the oldest chunk that waits in the queue',
    registers,
  });
  new Gauge({
    name: 'batch_queue_depth',
    help: 'Chunks in the queue',
    labelNames,
    registers,
    async collect() {
      const depth = await queue.depth().catch(() => undefined);
      if (depth === undefined) return;
      this.set({ state: 'waiting' }, depth.waiting);
      this.set({ state: 'active' }, depth.active);
      age.set(depth.oldestSeconds);
    },
  });
}
