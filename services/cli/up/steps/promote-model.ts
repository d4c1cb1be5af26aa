import { modelVersionDetail } from '@churn/contracts';
import { z } from 'zod';
import type { Step } from '../story.ts';
import { UpError } from '../up-error.ts';

const REASON = 'bootstrap policy';
/** What answers a promotion may say more than we need. */
const promoted = z.looseObject({});

/** To Staging, then to Production, each recorded with its reason; refused when the model is no better than sorting by recency. */
export const promoteModel: Step = {
  title: 'Promote',
  async run({ api, model }, report) {
    if (model === null) throw new UpError('there is no model version to promote');
    const path = `/models/${model.name}/versions/${model.version}`;
    const { stage } = await api.call({ service: 'control', path, answer: modelVersionDetail });
    if (stage === 'Production') return `version ${model.version} is in Production`;
    if (model.auc <= model.baselineAuc) {
      throw new UpError(
        `version ${model.version} (AUC ${model.auc.toFixed(3)}) is no better than the baseline (${model.baselineAuc.toFixed(3)}), so the bootstrap policy does not promote it. Look at it with: npx churn models show ${model.version}`,
      );
    }
    for (const next of stage === 'Staging' ? ['Production'] : ['Staging', 'Production']) {
      report(next);
      await api.call({
        service: 'control',
        method: 'POST',
        path: `${path}/stage`,
        body: { stage: next, reason: REASON },
        answer: promoted,
      });
    }
    return `version ${model.version} to Staging, then Production (${REASON})`;
  },
};
