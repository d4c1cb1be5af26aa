import type { DriftRun } from '@churn/contracts';
import { CliError, EXIT } from './errors.ts';

/** How many columns a check could compare with the training data. */
export function comparedColumns({ results }: DriftRun): number {
  return results.filter(({ status }) => status !== 'not-comparable').length;
}

/**
 * What ends `churn drift` with 1, or null. A check that failed is always a fault; with `failOnDrift` so is whatever leaves it open
 * whether a column has drifted, for a script must not take silence for stability. Pure.
 */
export function driftFault(run: DriftRun, failOnDrift: boolean): CliError | null {
  const { drift_run_id: id, batch_run_id: batchRun, results } = run;
  const again = `Mend the cause, then check again: churn drift check ${batchRun}`;
  if (run.state === 'failed') {
    const why = run.error ?? 'it did not say why; the log of monitoring has more.';
    return new CliError(`Drift check ${id} failed: ${why}`, EXIT.failed, [again]);
  }
  if (!failOnDrift) return null;
  if (run.state === 'running')
    return new CliError(
      `Drift check ${id} is under way, so it is not known yet what has drifted.`,
      EXIT.failed,
      [`Look again in a moment: churn drift ${id}`],
    );
  if (comparedColumns(run) === 0)
    return new CliError(
      `Drift check ${id} could compare no column, so it is not known what has drifted.`,
      EXIT.failed,
      [again],
    );
  const drifted = results.filter(({ status }) => status === 'drifted').map(({ column }) => column);
  if (drifted.length === 0) return null;
  return new CliError(
    `${drifted.length} of ${comparedColumns(run)} columns drifted: ${drifted.join(', ')}.`,
    EXIT.failed,
  );
}
