import { CliError, EXIT } from '../../errors.ts';
import {
  listTraining,
  listVersions,
  type ModelSummary,
  readTraining,
  readVersion,
  startTraining,
} from '../../operations.ts';
import { waitForRun } from '../../wait.ts';
import type { Step, Story } from '../story.ts';
import { bareName, judgedOn } from '../summary.ts';

const TRAIN_MS = 30 * 60_000;

/** Trains unless there is a version that serves, or that an earlier start left to be promoted. */
export const trainModel: Step = {
  title: 'Train',
  async run(story, report) {
    const before = await newestUsable(story);
    if (before !== undefined) {
      await keep(story, before);
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
    const { evaluation, baseline } = await keep(story, version);
    return `AUC ${version.auc.toFixed(3)} on ${judgedOn(evaluation)}, ${version.baseline_auc.toFixed(3)} by ${bareName(baseline)} alone`;
  },
};

/** The version in Production, else the newest on its way there. */
async function newestUsable({ client, ir }: Story): Promise<ModelSummary | undefined> {
  const ours = (await listVersions(client))
    .filter(({ model, stage }) => model === ir.models[0]?.name && stage !== 'Archived')
    .sort((a, b) => b.version - a.version);
  return ours.find(({ stage }) => stage === 'Production') ?? ours[0];
}

async function keep(story: Story, { model, version }: ModelSummary) {
  const { manifest } = await readVersion(story.client, model, version);
  const { auc, baseline, lift_at_10: lift } = manifest.metrics;
  story.model = {
    name: model,
    version,
    auc: auc.value,
    lift: lift.value,
    baselineAuc: baseline.auc,
    baseline: baseline.feature,
    evaluation: manifest.evaluation,
  };
  return story.model;
}

async function openRun({ client }: Story): Promise<string | undefined> {
  const runs = await listTraining(client);
  return runs.find(({ state }) => state === 'pending' || state === 'running')?.run_id;
}
