import { closeRedis, createRedis, type Logger } from '@churn/platform';
import { type Job, Queue, Worker } from 'bullmq';
import type { z } from 'zod';

/** A queue as producer and worker share it. */
export interface QueueDefinition<T extends z.ZodType = z.ZodType> {
  name: string;
  schema: T;
  /** Tries of one job, the first included. */
  attempts: number;
  /** First pause between tries; it doubles. */
  backoffMs: number;
}

export interface Producer<T> {
  /** Adds a job; an id that is still queued is not added again. Rejects when Redis has not answered within the limit. */
  add(jobs: readonly { id: string; data: T }[]): Promise<void>;
  /** Jobs waiting and running, and the age in seconds of the oldest that waits. */
  depth(): Promise<{ waiting: number; active: number; oldestSeconds: number }>;
  close(): Promise<void>;
}

const ANSWER_MS = 5_000;

/** A producer of the queue. Redis has `answerMs` for each answer; default 5 s. */
export function createProducer<T extends z.ZodType>(
  definition: QueueDefinition<T>,
  url: string,
  { log, answerMs = ANSWER_MS }: { log: Logger; answerMs?: number },
): Producer<z.output<T>> {
  const bounded = <R>(work: Promise<R>) => answered(work, definition.name, answerMs);
  const connection = createRedis(url, 'queue', log);
  const queue = new Queue(definition.name, {
    connection,
    defaultJobOptions: {
      attempts: definition.attempts,
      backoff: { type: 'exponential', delay: definition.backoffMs },
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  queue.on('error', () => {}); // said by the connection
  return {
    async add(jobs) {
      const entries = jobs.map(({ id, data }) => ({ name: definition.name, data, opts: { jobId: id } }));
      await bounded(queue.addBulk(entries));
    },
    async depth() {
      const [waiting, active, oldest] = await bounded(
        Promise.all([queue.getWaitingCount(), queue.getActiveCount(), queue.getWaiting(0, 0)]),
      );
      const since = oldest[0]?.timestamp;
      return {
        waiting,
        active,
        oldestSeconds: since === undefined ? 0 : Math.max(0, (Date.now() - since) / 1000),
      };
    },
    async close() {
      await Promise.race([queue.close().catch(() => {}), new Promise((r) => setTimeout(r, 1_000).unref())]);
      await closeRedis(connection);
    },
  };
}

interface WorkerOptions<T> {
  concurrency: number;
  log: Logger;
  handle(data: T, job: Job): Promise<void>;
}

/**
 * Works the queue. Jobs carry ids of rows that Postgres owns, so a stalled job may be given out again any number of times. close() lets the
 * running jobs end, at most 5 s, and returns also when Redis was never there.
 */
export function createWorker<T extends z.ZodType>(
  definition: QueueDefinition<T>,
  url: string,
  options: WorkerOptions<z.output<T>>,
): { close(): Promise<void> } {
  const connection = createRedis(url, 'queue', options.log);
  const worker = new Worker(
    definition.name,
    async (job) => options.handle(definition.schema.parse(job.data), job),
    {
      connection,
      concurrency: options.concurrency,
      maxStalledCount: 1_000_000,
      stalledInterval: 5_000,
      lockDuration: 15_000,
    },
  );
  worker.on('error', () => {}); // said by the connection
  worker.on('failed', (job, error) =>
    options.log.warn('job failed', { queue: definition.name, job: job?.id, error: error.message }),
  );
  return {
    async close() {
      const force = connection.status !== 'ready';
      await Promise.race([
        worker.close(force).catch(() => {}),
        new Promise((r) => setTimeout(r, 5_000).unref()),
      ]);
      await closeRedis(connection);
    },
  };
}

async function answered<R>(work: Promise<R>, queue: string, ms: number): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The queue ${queue} did not answer within ${ms} ms: is its Redis there?`)),
      ms,
    );
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
