import { CliError, EXIT } from '../../errors.ts';
import { moveStage, readVersion } from '../../operations.ts';
import type { Step } from '../story.ts';

const REASON = 'bootstrap policy';

/** To Staging, then to Production, each recorded with its reason; refused when the model is no better than sorting by recency. */
export const promoteModel: Step = {
  title: 'Promote',
  async run({ client, model }, report) {
    if (model === null) throw new CliError('There is no model version to promote.', EXIT.failed);
    const { name, version } = model;
    const { stage } = await readVersion(client, name, version);
    if (stage === 'Production') return `version ${version} is in Production`;
    if (model.auc <= model.baselineAuc)
      throw new CliError(
        `${name} version ${version} (AUC ${model.auc.toFixed(3)}) is no better than the baseline (${model.baselineAuc.toFixed(3)}), so the bootstrap policy does not promote it. Look at it with: churn models show ${name} ${version}`,
        EXIT.failed,
      );
    for (const next of stage === 'Staging'
      ? (['Production'] as const)
      : (['Staging', 'Production'] as const)) {
      report({ label: next });
      await moveStage(client, { model: name, version }, { stage: next, reason: REASON });
    }
    return `version ${version} to Staging, then Production (${REASON})`;
  },
};
