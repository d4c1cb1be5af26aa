import { Unavailable } from '@churn/platform';
import type { Champions } from './champions.ts';

/** Why no model serves the project (undefined: any project), and what to do. */
export function whyNoModel(
  champions: Pick<Champions, 'loaded' | 'refused'>,
  projectId: string | undefined,
): Unavailable {
  if (!champions.loaded())
    return new Unavailable(
      'models-unread',
      'This process has just started and has not yet read from Postgres which models are in Production. Try again in a second; /health/ready says when it has.',
      1,
    );
  const refused = champions.refused().find(({ project }) => project === (projectId ?? project));
  if (refused !== undefined)
    return new Unavailable(
      'model-refused',
      `${refused.label} of project ${refused.project} is in Production and cannot be served: ${refused.reason} Or promote another version: churn models promote.`,
      30,
    );
  const of = projectId === undefined ? '' : ` of project ${projectId}`;
  return new Unavailable(
    'no-model',
    `No model${of} is in Production. Train one and promote it: churn train, then churn models promote.`,
    30,
  );
}
