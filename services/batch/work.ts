import { subscribe } from '@churn/platform';
import { Cron } from 'croner';
import { scoreChunk } from './chunks/score-chunk.ts';
import { cleanUp } from './clean-up.ts';
import type { Context } from './context.ts';
import { takeTurn } from './coordinator.ts';
import { startLoop } from './loop.ts';
import { WAKE_CHANNEL } from './queries/wake-finished-run.ts';
import { startChunkWorker } from './queue.ts';
import { removeOldPredictions } from './remove-old-predictions.ts';
import { scheduleDueRuns } from './schedule.ts';

/** Two runs of different projects take their long steps side by side in one process. */
const COORDINATORS = 2;
const HOUSEKEEPING_MS = 30_000;

export interface Work {
  /** Lets the coordinators of this process look now; where there are none, those of another find the run by themselves. */
  wake(): void;
  close(): Promise<void>;
}

/** What goes on without being asked: coordination and a chunk worker, or the one of them that is this process's role. */
export function startWork(context: Context): Work {
  const role = context.config.CHURN_BATCH_ROLE;
  const coordination = role === 'worker' ? null : startCoordination(context);
  const worker = role === 'coordinator' ? null : startWorker(context);
  return {
    wake: () => coordination?.wake(),
    async close() {
      await Promise.all([coordination?.close(), worker?.close()]);
    },
  };
}

/** Coordinators, the schedule, and cleaning up. */
function startCoordination(context: Context): Work {
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
  const listening = subscribe(config.DATABASE_URL, [WAKE_CHANNEL], { onNotify: wake, onConnect: wake, log });
  return {
    wake,
    async close() {
      cron.stop();
      await Promise.all([...coordinators, housekeeping, listening].map((part) => part.close()));
    },
  };
}

function startWorker(context: Context): { close(): Promise<void> } {
  const { config, log } = context;
  return startChunkWorker(config.queueUrl, {
    concurrency: config.CHURN_BATCH_CONCURRENCY,
    log,
    handle: async (job) => {
      const outcome = await scoreChunk(context, job);
      if (outcome.did !== 'scored') context.metrics.chunkNotScored(outcome.did);
    },
  });
}

async function keepHouse(context: Context, wake: () => void): Promise<{ more: boolean }> {
  const started = await scheduleDueRuns(context);
  if (started.length > 0) {
    context.log.info('scheduled runs started', { runs: started });
    wake();
  }
  const cleaned = await cleanUp(context);
  if (cleaned.length > 0) context.log.info('old runs cleaned up', { runs: cleaned });
  return { more: await removeOldDay(context) };
}

/** Whether there may be another to remove now. */
async function removeOldDay(context: Context): Promise<boolean> {
  const removal = await removeOldPredictions(context);
  if (removal === null) return false;
  const { heldUp, ...removed } = removal;
  if (removed.tables > 0) context.log.info('old predictions removed', removed);
  if (heldUp !== null)
    context.log.warn('removal of old predictions waits', { date: removed.date, reason: heldUp });
  return heldUp === null && removed.tables > 0;
}
