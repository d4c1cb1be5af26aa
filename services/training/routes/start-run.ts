import { runAccepted, trainRequest } from '@churn/contracts';
import { findModel } from '@churn/features';
import { defineRoute, InvalidInput, NotFound, type Route } from '@churn/platform';
import { currentDefinitions } from '@churn/registry';
import type { Context } from '../context.ts';
import { insertRun } from '../queries/runs.ts';

export function startRun({ pool }: Context, wake: () => void): Route {
  return defineRoute({
    method: 'post',
    path: '/training-runs',
    summary: 'Train a model of the project and register it as a new version',
    description: 'What is not given comes from the definitions.',
    role: 'data-scientist',
    body: trainRequest,
    responses: {
      202: { description: 'The run waits for its turn', schema: runAccepted },
      422: { description: 'No such model' },
    },
    handler: async ({ body, principal: { projectId } }) => {
      const definitions = await currentDefinitions(pool, projectId);
      if (definitions === null)
        throw new NotFound(
          'definitions-missing',
          `Project ${projectId} has no definitions yet: churn apply <folder>.`,
        );
      const known = definitions.ir.models.map(({ name }) => name);
      if (body.model !== undefined && !known.includes(body.model))
        throw new InvalidInput(
          'model-unknown',
          `Project ${projectId} defines no model "${body.model}"; it has ${known.join(', ')}.`,
        );
      const id = await insertRun(pool, projectId, findModel(definitions.ir, body.model).name, body);
      wake();
      return { status: 202, body: { run_id: id } };
    },
  });
}
