import { type TrainingRun, trainingRun } from '@churn/contracts';
import { audit, Conflict, defineRoute, inTransaction, type Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { cancelRun } from '../queries/cancel-run.ts';
import { findRuns } from '../queries/runs.ts';
import { runParams, runUnknown } from './get-run.ts';

export function cancel({ pool }: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/training-runs/:id/cancel',
    summary: 'End a training run that waits or is under way',
    description:
      'Nothing is registered. Its process ends a moment later. A run that is cancelled already stays so.',
    role: 'data-scientist',
    params: runParams,
    responses: {
      200: { description: 'The cancelled run', schema: trainingRun },
      404: { description: 'No such run' },
      409: { description: 'It has ended otherwise' },
    },
    handler: async ({ params, principal: { projectId, actor } }) => {
      const cancelled = await inTransaction(pool, async (client) => {
        const done = await cancelRun(client, projectId, params.id);
        if (done) await audit(client, { projectId, actor, action: 'training.cancel', subject: params.id });
        return done;
      });
      const [run] = await findRuns(pool, projectId, params.id);
      if (run === undefined) throw runUnknown(projectId, params.id);
      if (!cancelled && run.state !== 'cancelled') throw hasEnded(run);
      return { body: run };
    },
  });
}

function hasEnded({ run_id, state, result }: TrainingRun): Conflict {
  const outcome =
    result === null
      ? `it ${state}, and registered nothing`
      : `it ${state}, and registered ${result.model} version ${result.version}, which serves nobody until it is promoted`;
  return new Conflict(
    'training-run-ended',
    `Training run ${run_id} cannot be cancelled any more: ${outcome}.`,
  );
}
