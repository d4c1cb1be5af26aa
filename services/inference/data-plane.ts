import type { OnlineRead, OnlineStore } from '@churn/online';
import { type Logger, Unavailable } from '@churn/platform';
import type { Pool } from 'pg';
import type { Champion } from './champion.ts';
import type { Champions } from './champions.ts';
import { answerFromStore } from './degraded.ts';
import type { InferenceMetrics } from './metrics.ts';
import { whyNoModel } from './no-model.ts';
import { isComplete, type Outcome, scoreStates } from './score.ts';
import type { Lease } from './seats.ts';

/** The answer to one request, all of it by one champion. */
export interface Prediction {
  champion: Champion;
  /** One a customer, in the order asked, repeats kept. */
  outcomes: Outcome[];
}

/** Predictions, whatever they are asked through. */
export interface DataPlane {
  /** Throws Unavailable when no model serves the project or too much is waiting. */
  predict(projectId: string, ids: readonly string[]): Promise<Prediction>;
  /** Customers waiting or being scored. */
  queued(): number;
}

interface Options {
  champions: Champions;
  store: OnlineStore;
  pool: Pool;
  log: Logger;
  metrics: () => InferenceMetrics;
  now: () => number;
  /** Customers that may wait; default 5,000. */
  maxQueued?: number;
}

interface Waiting {
  ids: readonly string[];
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

interface Batch {
  lease: Lease;
  waiting: Waiting[];
}

/**
 * Requests that arrive in one turn of the event loop share one read of the online store and one scoring call. A batch belongs to one champion:
 * when a new one takes the seat within the turn, later requests make a batch of their own, and no answer mixes two models.
 */
export function createDataPlane(options: Options): DataPlane {
  const { champions, maxQueued = 5_000 } = options;
  const open = new Map<string, Batch>();
  let queued = 0;

  const flush = (): void => {
    const batches = [...open.values()];
    open.clear();
    for (const batch of batches) void answerBatch(options, batch);
  };
  const batchFor = (projectId: string): Batch => {
    const lease = champions.acquire(projectId);
    if (lease === null) throw whyNoModel(champions, projectId);
    const current = open.get(projectId);
    if (current?.lease.champion === lease.champion) {
      lease.release();
      return current;
    }
    if (open.size === 0) setImmediate(flush);
    const batch = { lease, waiting: [] };
    if (current !== undefined) void Promise.resolve().then(() => answerBatch(options, current));
    open.set(projectId, batch);
    return batch;
  };

  return {
    queued: () => queued,
    async predict(projectId, ids) {
      if (queued + ids.length > maxQueued)
        throw new Unavailable(
          'overloaded',
          `${queued} customers are waiting for their scores already. Try again in a second.`,
          1,
        );
      const batch = batchFor(projectId);
      queued += ids.length;
      try {
        const outcomes = await new Promise<Outcome[]>((resolve, reject) =>
          batch.waiting.push({ ids, resolve, reject }),
        );
        return { champion: batch.lease.champion, outcomes };
      } finally {
        queued -= ids.length;
      }
    },
  };
}

async function answerBatch(options: Options, { lease, waiting }: Batch): Promise<void> {
  const ids = waiting.length === 1 ? (waiting[0]?.ids ?? []) : waiting.flatMap((request) => request.ids);
  try {
    const outcomes = await outcomesOf(options, lease.champion, ids);
    let at = 0;
    for (const request of waiting) {
      request.resolve(outcomes.slice(at, at + request.ids.length));
      at += request.ids.length;
    }
  } catch (error) {
    for (const request of waiting) request.reject(error);
  } finally {
    lease.release();
  }
}

async function outcomesOf(options: Options, champion: Champion, ids: readonly string[]): Promise<Outcome[]> {
  const read = await readOnline(options, champion, ids);
  if (read === null) return answerFromStore(options, champion.projectId, ids);
  options.metrics().batchScored(ids.length);
  return scoreStates(champion, read, ids.length, options.now());
}

/** null: Redis is away, or holds no complete generation of what the model needs. */
async function readOnline(
  { store, log }: Options,
  champion: Champion,
  ids: readonly string[],
): Promise<OnlineRead | null> {
  try {
    const read = await store.read(champion.projectId, champion.viewKeys, ids);
    return isComplete(read, champion) ? read : null;
  } catch (error) {
    log.debug('online store out of reach', { error });
    return null;
  }
}
