import { apply } from '../../operations.ts';
import type { Step } from '../story.ts';

export const applyDefinitions: Step = {
  title: 'Apply the definitions',
  async run({ client, ir }) {
    const applied = await apply(client, ir);
    return applied.changed ? `version ${applied.version}` : `version ${applied.version}, unchanged`;
  },
};
