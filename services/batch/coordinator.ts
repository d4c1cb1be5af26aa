import { ChurnError, toProblem } from '@churn/platform';
import type { Context } from './context.ts';
import { afterFailure } from './decisions.ts';
import { holding, LeaseLost } from './leases.ts';
import { claimRun, type Run } from './queries/claim-run.ts';
import { failRun, releaseRun, renewRun } from './queries/hold-run.ts';
import { QueueAway } from './queue.ts';
import { RunFailed } from './run-failed.ts';
import { exportStep } from './steps/export-step.ts';
import { freezeStep } from './steps/freeze-step.ts';
import { publishStep } from './steps/publish-step.ts';
import { scoringStep } from './steps/scoring-step.ts';
import { snapshotStep } from './steps/snapshot-step.ts';
import type { Step, StepOutcome } from './steps/step.ts';

export type Turn =
  | { did: 'nothing' }
  | (StepOutcome & { runId: string })
  | { did: 'retry'; runId: string; inMs: number; error: string }
  | { did: 'fail'; runId: string; error: string }
  /** Another coordinator took the run over meanwhile; what this one did counts for nothing. */
  | { did: 'fenced'; runId: string };

/** Claims the run that has waited longest, does its next step, and says what became of it. Any number of coordinators may take turns. */
export async function takeTurn(context: Context): Promise<Turn> {
  const { pool, limits } = context;
  const run = await claimRun(pool, limits.leaseMs);
  if (run === null) return { did: 'nothing' };
  try {
    checkBounds(context, run);
    const renew = () => renewRun(pool, run, limits.leaseMs);
    const outcome = await holding(limits.leaseMs, renew, (signal) => stepOf(run)(context, run, signal));
    return { ...outcome, runId: run.runId };
  } catch (error) {
    if (error instanceof LeaseLost) return { did: 'fenced', runId: run.runId };
    return settleFailure(context, run, error);
  }
}

function stepOf(run: Run): Step {
  switch (run.state) {
    case 'pending':
      return freezeStep;
    case 'snapshotting':
      return snapshotStep;
    case 'scoring':
      return scoringStep;
    case 'finishing':
      return run.attached ? exportStep : publishStep;
  }
}

/** A run whose coordinators keep dying in the same step, or that waits for ever, ends. */
function checkBounds({ limits }: Context, run: Run): void {
  if (run.ageMs > limits.runMs) {
    throw new RunFailed(
      `It was not done within ${limits.runMs / 3_600_000} hours. Look at the step it stood in, then resume it.`,
    );
  }
  const allowed = isExporting(run) ? limits.exportAttempts : limits.stepAttempts;
  if (run.attempts >= allowed) {
    throw new RunFailed(
      `${run.attempts} coordinators in a row ended in the state "${run.state}" without a word.`,
    );
  }
}

async function settleFailure(context: Context, run: Run, error: unknown): Promise<Turn> {
  const failures = run.attempts + 1;
  const message = error instanceof Error ? error.message : String(error);
  const outage = error instanceof QueueAway;
  const permanent = error instanceof RunFailed || (error instanceof ChurnError && error.status < 500);
  const exporting = isExporting(run);
  const next = afterFailure({ failures, permanent, outage, exporting }, context.limits);
  context.log.warn('batch step failed', { run_id: run.runId, state: run.state, failures, error: message });
  if (next.do === 'fail') {
    await failRun(context.pool, run, problemOf(run, error, message));
    context.metrics.runFailed();
    return { did: 'fail', runId: run.runId, error: message };
  }
  const attempts = outage ? run.attempts : failures;
  const step = `${exporting ? 'export' : run.state}: failed ${failures} times, again in ${next.inMs / 1000} s (${message})`;
  await releaseRun(context.pool, run, { inMs: next.inMs, attempts, step });
  return { did: 'retry', runId: run.runId, inMs: next.inMs, error: message };
}

function isExporting(run: Run): boolean {
  return run.state === 'finishing' && run.attached;
}

function problemOf(run: Run, error: unknown, message: string): object {
  if (error instanceof ChurnError) return toProblem(error);
  const where = isExporting(run)
    ? 'The predictions are in churn_predictions, but the export to the CRM failed'
    : `It failed while ${run.state}`;
  return {
    type: 'about:blank',
    status: 500,
    title: 'Batch run failed',
    detail: `${where}: ${message.replace(/\.?$/, '.')} Mend the cause, then POST /batch-runs/${run.runId}/resume.`,
  };
}
