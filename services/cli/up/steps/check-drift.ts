import type { DriftRun } from '@churn/contracts';
import { driftFault } from '../../drift-verdict.ts';
import { CliError, EXIT } from '../../errors.ts';
import { latestDrift, startDrift } from '../../operations.ts';
import { follow } from '../../wait.ts';
import type { Step, Story } from '../story.ts';

const DRIFT_MS = 10 * 60_000;
/** Monitoring follows batch runs by itself; when it has not begun by then it is asked to. */
const BEGIN_MS = 5_000;

export const checkDrift: Step = {
  title: 'Check for drift',
  async run(story) {
    if (story.run === null) throw new CliError('There is no batch run to check for drift.', EXIT.failed);
    const run = await finishedCheck(story, story.run.run_id);
    if (run === null) throw new CliError('There is no drift check.', EXIT.failed);
    const fault = driftFault(run, false);
    if (fault !== null) throw fault;
    story.drift = { drifted: run.drifted ?? 0, columns: run.results.length, report: run.report };
    return `${story.drift.drifted} of ${story.drift.columns} columns drifted`;
  },
};

async function finishedCheck({ client, signal }: Story, batchRunId: string): Promise<DriftRun | null> {
  const waiting = { limitMs: DRIFT_MS, signal };
  const ask = () => latestDrift(client, batchRunId);
  const began = performance.now();
  const late = () => performance.now() - began > BEGIN_MS;
  const found = await follow('The drift check', waiting, ask, (run) => run !== null || late());
  if (found === null) await startDrift(client, batchRunId);
  return follow('The drift check', waiting, ask, (run) => run !== null && run.state !== 'running');
}
