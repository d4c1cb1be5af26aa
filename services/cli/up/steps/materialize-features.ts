import { count } from '../../format.ts';
import { materialize, readFeatures } from '../../operations.ts';
import type { Step } from '../story.ts';

export const materializeFeatures: Step = {
  title: 'Build the online features',
  async run({ client, imports }) {
    const status = await readFeatures(client);
    if (status.complete && imports.every((result) => result.already_imported))
      return `complete, ${count(status.customers ?? 0)} customers`;
    const { customers } = await materialize(client);
    return `${count(customers)} customers`;
  },
};
