import { type BatchRun, batchRun, batchRunList, runAccepted } from '@churn/contracts';
import { bar, count } from '../format.ts';
import { follow, type Step, type Story } from '../story.ts';
import { UpError } from '../up-error.ts';

const BATCH_MS = 60 * 60_000;

/** Today's run of this model: taken as it is, waited for, resumed, or started. */
export const scoreCustomers: Step = {
  title: 'Score all customers',
  async run(story, report) {
    const before = await todaysRun(story);
    if (before?.state === 'succeeded') {
      story.run = before;
      return `${count(before.customers ?? 0)} customers, done before`;
    }
    const id = before === undefined ? await startRun(story) : await goOn(story, before);
    story.run = await followRun(story, id, (run) => {
      report(run.chunks === 0 ? (run.step ?? run.state) : bar(run.chunks_done, run.chunks, 'chunks'));
      return run.state === 'finishing' || run.state === 'succeeded';
    });
    return `${count(story.run.customers ?? 0)} customers`;
  },
};

/** The same run's last part: what the CRM reads is replaced in one transaction. */
export const exportHighRisk: Step = {
  title: 'Export the high-risk ones',
  async run(story) {
    if (story.run === null) throw new UpError('there is no batch run to export from');
    story.run = await followRun(story, story.run.run_id, ({ state }) => state === 'succeeded');
    return `${count(story.run.high_risk ?? 0)} in high_churn_risk_customers`;
  },
};

async function todaysRun({ api, model }: Story): Promise<BatchRun | undefined> {
  const { runs } = await api.call({ service: 'batch', path: '/batch-runs', answer: batchRunList });
  const today = new Date().toISOString().slice(0, 10);
  const isOpen = ({ state }: BatchRun) => state !== 'succeeded' && state !== 'failed';
  const ours = runs.filter(
    (run) =>
      run.prediction_date === today && (run.model_version === null || run.model_version === model?.version),
  );
  return runs.find(isOpen) ?? ours[0];
}

async function startRun({ api }: Story): Promise<string> {
  const body = { trigger: 'bootstrap' };
  return (
    await api.call({ service: 'batch', method: 'POST', path: '/batch-runs', body, answer: runAccepted })
  ).run_id;
}

async function goOn(story: Story, { run_id, state }: BatchRun): Promise<string> {
  if (state !== 'failed') return run_id;
  return story.api
    .call({ service: 'batch', method: 'POST', path: `/batch-runs/${run_id}/resume`, answer: runAccepted })
    .then(
      (accepted) => accepted.run_id,
      () => startRun(story),
    );
}

async function followRun(story: Story, id: string, done: (run: BatchRun) => boolean): Promise<BatchRun> {
  const run = await follow(
    story,
    BATCH_MS,
    () => story.api.call({ service: 'batch', path: `/batch-runs/${id}`, answer: batchRun }),
    (now) => now.state === 'failed' || done(now),
  );
  if (run.state === 'failed')
    throw new UpError(`the batch run failed: ${run.error?.detail ?? 'see .churn/logs/batch.log'}`);
  return run;
}
