import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ChurnError, toProblem } from '@churn/platform';
import type { Context } from './context.ts';
import { type ClaimedRun, claimRun, findRuns, giveBackRun, settleRun } from './queries/runs.ts';
import { createReporter, LEASE_MS } from './reporter.ts';
import { TrainingRefused } from './run-child.ts';
import { Fenced, trainClaimed } from './train-claimed.ts';

/** What one turn did. */
export type Turn =
  | { did: 'nothing' }
  | { did: 'trained'; runId: string; version: number }
  | { did: 'retry' | 'fail'; runId: string; error: string }
  /** Another process holds the run now; what this one did counts for nothing. */
  | { did: 'fenced'; runId: string }
  /** Somebody cancelled it meanwhile; nothing is registered. */
  | { did: 'cancelled'; runId: string };

const ATTEMPTS = 3;

/** Claims the run that has waited longest, trains and registers it. Any number of processes may take turns; each trains one model at a time. */
export async function takeTurn(context: Context, signal: AbortSignal): Promise<Turn> {
  const run = await claimRun(context.pool, LEASE_MS);
  if (run === null) return { did: 'nothing' };
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const reporter = createReporter(context, run, signal);
  const work = await mkdirTemp(context.tempDir);
  try {
    if (run.attempt > ATTEMPTS)
      throw new TrainingRefused(
        `${ATTEMPTS} processes in a row died over this run. The log of the training service, or of the system when memory ran out, says why; then train again, with more memory or fewer trees.`,
      );
    const version = await trainClaimed(context, run, work, reporter);
    context.metrics.ended('succeeded', seconds());
    return { did: 'trained', runId: run.runId, version };
  } catch (error) {
    if (error instanceof Fenced || reporter.lost()) return await letGo(context, run, seconds());
    if (signal.aborted) return await giveBack(context, run, seconds());
    return await settle(context, run, error, seconds());
  } finally {
    reporter.stop();
    await rm(work, { recursive: true, force: true });
  }
}

/** Another process has the run, or somebody cancelled it. */
async function letGo(context: Context, run: ClaimedRun, seconds: number): Promise<Turn> {
  const [now] = await findRuns(context.pool, run.projectId, run.runId);
  const did = now?.state === 'cancelled' ? 'cancelled' : 'fenced';
  context.log.info(`training run ${did}`, { run_id: run.runId, attempt: run.attempt });
  context.metrics.ended(did, seconds);
  return { did, runId: run.runId };
}

async function giveBack(context: Context, run: ClaimedRun, seconds: number): Promise<Turn> {
  await giveBackRun(context.pool, run);
  context.metrics.ended('retried', seconds);
  return { did: 'retry', runId: run.runId, error: 'The service was stopped; the run waits for the next.' };
}

async function settle(context: Context, run: ClaimedRun, error: unknown, seconds: number): Promise<Turn> {
  const final =
    error instanceof TrainingRefused ||
    (error instanceof ChurnError && error.status < 500) ||
    run.attempt >= ATTEMPTS;
  const { problem, detail } = explain(run, error, !final);
  context.log.warn('training failed', { run_id: run.runId, attempt: run.attempt, again: !final, error });
  await settleRun(context.pool, run, problem, !final);
  context.metrics.ended(final ? 'failed' : 'retried', seconds);
  return { did: final ? 'fail' : 'retry', runId: run.runId, error: detail };
}

/** A fault of the data or of the request says what to do itself; of anything else people read whether it is tried again, and what to do when not. */
function explain(run: ClaimedRun, error: unknown, again: boolean): { problem: object; detail: string } {
  if (error instanceof ChurnError) return { problem: toProblem(error), detail: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const next = again
    ? `It is tried again: that was try ${run.attempt} of ${ATTEMPTS}.`
    : `That was the last of ${ATTEMPTS} tries. The log of the training service has more; mend the cause, then train again.`;
  const detail = error instanceof TrainingRefused ? message : `${message.replace(/\.?$/, '.')} ${next}`;
  return { problem: { type: 'about:blank', title: 'Training failed', status: 500, detail }, detail };
}

async function mkdirTemp(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `run-${process.pid}-`));
}
