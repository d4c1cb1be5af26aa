import { scoringStepText, scoringVerdict } from '../decisions.ts';
import { countChunks } from '../queries/count-chunks.ts';
import { advanceRun, releaseRun } from '../queries/hold-run.ts';
import { takeUnqueuedChunks } from '../queries/take-unqueued-chunks.ts';
import { RunFailed } from '../run-failed.ts';
import type { Step } from './step.ts';

/**
 * Looks at the ledger, which alone knows what is left: goes on when all is done, fails when a chunk is used up, and else puts into the
 * queue what the queue does not hold, because it is new, its worker died, or the queue lost it.
 */
export const scoringStep: Step = async ({ pool, limits, queue }, run) => {
  const counts = await countChunks(pool, run.runId, limits.chunkAttempts);
  const verdict = scoringVerdict(counts, limits);
  if (verdict.do === 'fail') throw new RunFailed(verdict.detail);
  if (verdict.do === 'finish') {
    await advanceRun(pool, run, 'finishing', 'publishing the predictions');
    return { did: 'advance', to: 'finishing' };
  }
  const bounds = {
    requeueMs: limits.requeueMs,
    atOnce: limits.enqueueAtOnce,
    chunkAttempts: limits.chunkAttempts,
  };
  const chunks = await takeUnqueuedChunks(pool, run.runId, bounds);
  await queue.add(run.runId, chunks);
  await releaseRun(pool, run, { inMs: limits.lookMs, attempts: 0, step: scoringStepText(counts, limits) });
  return { did: 'wait', enqueued: chunks.length };
};
