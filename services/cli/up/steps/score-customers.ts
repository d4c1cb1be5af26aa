import type { BatchRun } from '@churn/contracts';
import { CliError, EXIT } from '../../errors.ts';
import { count, type Progress } from '../../format.ts';
import { listBatches, readBatch, resumeBatch, startBatch } from '../../operations.ts';
import { waitForRun } from '../../wait.ts';
import { findCrmExport } from '../crm-export.ts';
import type { Step, Story } from '../story.ts';

const BATCH_MS = 60 * 60_000;

/** Today's run of this model: taken as it is, waited for, resumed, or started; once more when the CRM's database has not had its export. */
export function scoreCustomers(crmUrl: () => string): Step {
  return {
    title: 'Score all customers',
    async run(story, report) {
      const before = await todaysRun(story);
      if (before?.state === 'succeeded') {
        const found = await findCrmExport(crmUrl(), story.ir.project, before);
        if (found.is !== 'missing') {
          story.run = before;
          return `${count(before.customers ?? 0)} customers, done before`;
        }
      }
      const id =
        before === undefined || before.state === 'succeeded'
          ? await startRun(story)
          : await goOn(story, before);
      story.run = await followRun(story, id, report, ({ state }) => state === 'finishing');
      return `${count(story.run.customers ?? 0)} customers`;
    },
  };
}

/** The same run's last part: what the CRM reads is replaced in one transaction. */
export function exportHighRisk(crmUrl: () => string): Step {
  return {
    title: 'Export the high-risk ones',
    async run(story, report) {
      if (story.run === null) throw new CliError('There is no batch run to export from.', EXIT.failed);
      story.run = await followRun(story, story.run.run_id, report);
      const rows = `${count(story.run.high_risk ?? 0)} in high_churn_risk_customers`;
      const found = await findCrmExport(crmUrl(), story.ir.project, story.run);
      return found.is === 'away' ? `done before; ${found.why}` : rows;
    },
  };
}

async function todaysRun({ client, model }: Story): Promise<BatchRun | undefined> {
  const runs = await listBatches(client);
  const today = new Date().toISOString().slice(0, 10);
  const isOpen = ({ state }: BatchRun) => state !== 'succeeded' && state !== 'failed';
  const ours = runs.filter(
    (run) =>
      run.prediction_date === today && (run.model_version === null || run.model_version === model?.version),
  );
  return runs.find(isOpen) ?? ours[0];
}

function startRun({ client }: Story): Promise<string> {
  return startBatch(client, { trigger: 'bootstrap' });
}

async function goOn(story: Story, { run_id, state }: BatchRun): Promise<string> {
  if (state !== 'failed') return run_id;
  return resumeBatch(story.client, run_id).catch(() => startRun(story));
}

function followRun(
  { client, signal }: Story,
  id: string,
  report: (state: Progress) => void,
  until?: (run: BatchRun) => boolean,
): Promise<BatchRun> {
  return waitForRun(() => readBatch(client, id), report, { limitMs: BATCH_MS, signal }, until);
}
