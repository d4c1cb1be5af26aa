import { batchChunkJob, runId as runIdSchema } from '@churn/contracts';
import type { Logger } from '@churn/platform';
import { createProducer, createWorker, type QueueDefinition } from './job-queue.ts';
import type { UnqueuedChunk } from './queries/take-unqueued-chunks.ts';

/** One try: what failed is in the ledger, and the coordinator queues it again when its wait is over. */
const chunkQueue = {
  name: 'churn-batch-chunks',
  schema: batchChunkJob,
  attempts: 1,
  backoffMs: 0,
} satisfies QueueDefinition;

/** The queue's Redis does not answer. Nothing is lost: the ledger knows what to queue. */
export class QueueAway extends Error {
  override name = 'QueueAway';
}

export interface ChunkQueue {
  /** Throws QueueAway. A chunk with the same token that still waits is not added again. */
  add(runId: string, chunks: readonly UnqueuedChunk[]): Promise<void>;
  depth(): Promise<{ waiting: number; active: number; oldestSeconds: number }>;
  close(): Promise<void>;
}

export function createChunkQueue(url: string, log: Logger): ChunkQueue {
  const producer = createProducer(chunkQueue, url, { log });
  return {
    async add(runId, chunks) {
      if (chunks.length === 0) return;
      const run = runIdSchema.parse(runId);
      // The token is in the id: a job that BullMQ believes to be running, with a worker that died, must not keep its chunk out.
      const jobs = chunks.map(({ chunkId, token }) => ({
        id: `${runId}.${chunkId}.${token}`,
        data: { run_id: run, chunk_id: chunkId },
      }));
      await producer.add(jobs).catch((error: unknown) => {
        throw new QueueAway(error instanceof Error ? error.message : String(error));
      });
    },
    depth: () => producer.depth(),
    close: () => producer.close(),
  };
}

/** Works jobs until closed. `handle` keeps what happened in the ledger; an error here is only logged. */
export function startChunkWorker(
  url: string,
  options: {
    concurrency: number;
    log: Logger;
    handle: (job: { runId: string; chunkId: number }) => Promise<unknown>;
  },
): { close(): Promise<void> } {
  return createWorker(chunkQueue, url, {
    concurrency: options.concurrency,
    log: options.log,
    handle: async ({ run_id, chunk_id }) => {
      await options.handle({ runId: run_id, chunkId: chunk_id });
    },
  });
}
