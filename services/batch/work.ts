import { subscribe } from '@churn/platform';
import { Cron } from 'croner';
import { scoreChunk } from './chunks/score-chunk.ts';
import { cleanUp } from './clean-up.ts';
import type { Context } from './context.ts';
import { takeTurn } from './coordinator.ts';
import { startLoop } from './loop.ts';
import { WAKE_CHANNEL } from './queries/wake-finished-run.ts';
import { startChunkWorker } from './queue.ts';
import { scheduleDueRuns } from './schedule.ts';

/** Two runs of different projects take their long steps side by side in one process. */
const COORDINATORS = 2;
const HOUSEKEEPING_MS = 30_000;

export interface Work {
  /** Lets the coordinators of this process look now. */
  wake(): void;
  close(): Promise<void>;
}

/** Everything that goes on without being asked: coordinators, chunk worker, schedule, cleaning up. */
export function startWork(context: Context): Work {
  const { config, log, limits } = context;
  const turn = async () => {
    const done = await takeTurn(context);
    if (done.did !== 'nothing' && done.did !== 'wait') log.info('batch turn', done);
    return { more: done.did === 'advance' };
  };
  const coordinators = Array.from({ length: COORDINATORS }, () =>
    startLoop({ name: 'coordinator', turn, everyMs: limits.lookMs, log }),
  );
  const wake = () => {
    for (const loop of coordinators) loop.wake();
  };
  const housekeeping = startLoop({
    name: 'housekeeping',
    turn: () => keepHouse(context, wake),
    everyMs: HOUSEKEEPING_MS,
    log,
  });
  // The timer only brings the look forward: what it misses, housekeeping finds.
  const cron = new Cron(config.CHURN_BATCH_SCHEDULE, { timezone: 'UTC' }, () => housekeeping.wake());
  const worker = startChunkWorker(config.queueUrl, {
    concurrency: config.CHURN_BATCH_CONCURRENCY,
    log,
    handle: async (job) => {
      const outcome = await scoreChunk(context, job);
      if (outcome.did !== 'scored') context.metrics.chunkNotScored(outcome.did);
    },
  });
  const listening = subscribe(config.DATABASE_URL, [WAKE_CHANNEL], { onNotify: wake, onConnect: wake, log });
  return {
    wake,
    async close() {
      cron.stop();
      await Promise.all([...coordinators, housekeeping, worker, listening].map((part) => part.close()));
    },
  };
}

async function keepHouse(context: Context, wake: () => void): Promise<{ more: boolean }> {
  const started = await scheduleDueRuns(context);
  if (started.length > 0) {
    context.log.info('scheduled runs started', { runs: started });
    wake();
  }
  const cleaned = await cleanUp(context);
  if (cleaned.length > 0) context.log.info('old runs cleaned up', { runs: cleaned });
  return { more: false };
}
