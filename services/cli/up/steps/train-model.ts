import { modelList, runAccepted, trainingRun } from '@churn/contracts';
import { z } from 'zod';
import { bar } from '../format.ts';
import { follow, type Report, type Step, type Story } from '../story.ts';
import { UpError } from '../up-error.ts';

const TRAIN_MS = 30 * 60_000;
const runList = z.looseObject({ runs: z.array(trainingRun) });

/** Trains unless there is a version that serves, or that an earlier start left to be promoted. */
export const trainModel: Step = {
  title: 'Train',
  async run(story, report) {
    const before = await newestUsable(story);
    if (before !== undefined) {
      keep(story, before);
      return `version ${before.version} is there`;
    }
    await followRun(story, (await openRun(story)) ?? (await startRun(story)), report);
    const version = await newestUsable(story);
    if (version === undefined)
      throw new UpError('the training succeeded, but its model version is not in the registry');
    keep(story, version);
    return `AUC ${version.auc.toFixed(3)} on a later period, ${version.baseline_auc.toFixed(3)} by recency alone`;
  },
};

type Version = z.output<typeof modelList>['versions'][number];

/** The version in Production, else the newest on its way there. */
async function newestUsable({ api, ir }: Story): Promise<Version | undefined> {
  const { versions } = await api.call({ service: 'control', path: '/models', answer: modelList });
  const ours = versions
    .filter(({ model, stage }) => model === ir.models[0]?.name && stage !== 'Archived')
    .sort((a, b) => b.version - a.version);
  return ours.find(({ stage }) => stage === 'Production') ?? ours[0];
}

function keep(story: Story, version: Version): void {
  story.model = {
    name: version.model,
    version: version.version,
    auc: version.auc,
    baselineAuc: version.baseline_auc,
    lift: version.lift_at_10,
  };
}

async function openRun({ api }: Story): Promise<string | undefined> {
  const { runs } = await api.call({ service: 'training', path: '/training-runs', answer: runList });
  return runs.find(({ state }) => state === 'pending' || state === 'running')?.run_id;
}

async function startRun({ api }: Story): Promise<string> {
  const accepted = await api.call({
    service: 'training',
    method: 'POST',
    path: '/training-runs',
    body: {},
    answer: runAccepted,
  });
  return accepted.run_id;
}

async function followRun(story: Story, id: string, report: Report): Promise<void> {
  const run = await follow(
    story,
    TRAIN_MS,
    () => story.api.call({ service: 'training', path: `/training-runs/${id}`, answer: trainingRun }),
    (now) => {
      report(
        now.total === null ? (now.step ?? now.state) : `${bar(now.done, now.total, '')} ${now.step ?? ''}`,
      );
      return now.state === 'succeeded' || now.state === 'failed';
    },
  );
  if (run.state === 'failed')
    throw new UpError(`training failed: ${run.error?.detail ?? 'see .churn/logs/training.log'}`);
}
