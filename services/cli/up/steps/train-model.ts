import { CliError, EXIT } from '../../errors.ts';
import {
  listTraining,
  listVersions,
  type ModelSummary,
  readTraining,
  startTraining,
} from '../../operations.ts';
import { waitForRun } from '../../wait.ts';
import type { Step, Story } from '../story.ts';

const TRAIN_MS = 30 * 60_000;

/** Trains unless there is a version that serves, or that an earlier start left to be promoted. */
export const trainModel: Step = {
  title: 'Train',
  async run(story, report) {
    const before = await newestUsable(story);
    if (before !== undefined) {
      keep(story, before);
      return `version ${before.version} is there`;
    }
    const { client, signal } = story;
    const id = (await openRun(story)) ?? (await startTraining(client));
    await waitForRun(() => readTraining(client, id), report, { limitMs: TRAIN_MS, signal });
    const version = await newestUsable(story);
    if (version === undefined)
      throw new CliError(
        'The training succeeded, but its model version is not in the registry.',
        EXIT.failed,
      );
    keep(story, version);
    return `AUC ${version.auc.toFixed(3)} on a later period, ${version.baseline_auc.toFixed(3)} by recency alone`;
  },
};

/** The version in Production, else the newest on its way there. */
async function newestUsable({ client, ir }: Story): Promise<ModelSummary | undefined> {
  const ours = (await listVersions(client))
    .filter(({ model, stage }) => model === ir.models[0]?.name && stage !== 'Archived')
    .sort((a, b) => b.version - a.version);
  return ours.find(({ stage }) => stage === 'Production') ?? ours[0];
}

function keep(story: Story, version: ModelSummary): void {
  story.model = {
    name: version.model,
    version: version.version,
    auc: version.auc,
    baselineAuc: version.baseline_auc,
    lift: version.lift_at_10,
  };
}

async function openRun({ client }: Story): Promise<string | undefined> {
  const runs = await listTraining(client);
  return runs.find(({ state }) => state === 'pending' || state === 'running')?.run_id;
}
