import { runAccepted, type TrainRequest, trainRequest } from '@churn/contracts';
import { findModel, type ModelIr } from '@churn/features';
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
      404: { description: 'The project has no definitions yet' },
      422: { description: 'No such model, or a parameter that would do nothing' },
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
      const model = findModel(definitions.ir, body.model);
      refuseWithoutEffect(body, model);
      const id = await insertRun(pool, projectId, model.name, body);
      wake();
      return { status: 202, body: { run_id: id } };
    },
  });
}

/** What is asked for in so many words must not be dropped in silence; from the definitions, where a model needs a value for either, it may. */
function refuseWithoutEffect(request: TrainRequest, { name, training }: ModelIr): void {
  if (request.learning_rate === undefined || (request.algorithm ?? training.algorithm) !== 'random-forest')
    return;
  const chosen =
    request.algorithm === undefined ? `model ${name} is defined as one` : 'that is what was asked for';
  throw new InvalidInput(
    'learning-rate-without-effect',
    `learning_rate has no effect on a random forest (${chosen}), whose trees do not build on each other: leave it out, or ask for "algorithm": "boosted-trees".`,
  );
}
