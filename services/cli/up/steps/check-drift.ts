import { driftRun, driftRunList } from '@churn/contracts';
import { z } from 'zod';
import { follow, type Step, type Story } from '../story.ts';
import { UpError } from '../up-error.ts';

const DRIFT_MS = 10 * 60_000;
/** Monitoring follows batch runs by itself; when it has not begun by then it is asked to. */
const BEGIN_MS = 5_000;
const started = z.looseObject({});

export const checkDrift: Step = {
  title: 'Check for drift',
  async run(story) {
    const id = await findRun(story);
    const run = await follow(
      story,
      DRIFT_MS,
      () => story.api.call({ service: 'monitoring', path: `/drift-runs/${id}`, answer: driftRun }),
      ({ state }) => state !== 'running',
    );
    if (run.state === 'failed') throw new UpError('the drift check failed: see .churn/logs/monitoring.log');
    story.drift = { drifted: run.drifted ?? 0, columns: run.results.length, report: run.report };
    return `${story.drift.drifted} of ${story.drift.columns} columns drifted`;
  },
};

async function findRun(story: Story): Promise<string> {
  const batchRunId = story.run?.run_id;
  const ask = async () => {
    const { runs } = await story.api.call({
      service: 'monitoring',
      path: '/drift-runs',
      answer: driftRunList,
    });
    return runs.find(({ batch_run_id }) => batch_run_id === batchRunId)?.drift_run_id;
  };
  const began = Date.now();
  const found = await follow(story, DRIFT_MS, ask, (id) => id !== undefined || Date.now() - began > BEGIN_MS);
  if (found !== undefined) return found;
  await story.api.call({
    service: 'monitoring',
    method: 'POST',
    path: '/drift-runs',
    body: { batch_run_id: batchRunId },
    answer: started,
  });
  return follow(story, DRIFT_MS, ask, (id) => id !== undefined).then((id) => id ?? '');
}
