import { applyResult } from '@churn/contracts';
import type { Step } from '../story.ts';

export const applyDefinitions: Step = {
  title: 'Apply the definitions',
  async run({ api, ir }) {
    const applied = await api.call({
      service: 'control',
      method: 'POST',
      path: '/definitions',
      body: { ir },
      answer: applyResult,
    });
    return applied.changed ? `version ${applied.version}` : `version ${applied.version}, unchanged`;
  },
};
