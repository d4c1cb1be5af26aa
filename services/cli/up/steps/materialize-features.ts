import { featuresStatus, materializeResult } from '@churn/contracts';
import { count } from '../format.ts';
import type { Step } from '../story.ts';

const MATERIALIZE_MS = 30 * 60_000;

export const materializeFeatures: Step = {
  title: 'Build the online features',
  async run({ api, imports }) {
    const status = await api.call({ service: 'ingestion', path: '/features/status', answer: featuresStatus });
    if (status.complete && imports.every((result) => result.already_imported))
      return `complete, ${count(status.customers ?? 0)} customers`;
    const built = await api.call({
      service: 'ingestion',
      method: 'POST',
      path: '/features/materialize',
      answer: materializeResult,
      timeoutMs: MATERIALIZE_MS,
    });
    return `${count(built.customers)} customers`;
  },
};
