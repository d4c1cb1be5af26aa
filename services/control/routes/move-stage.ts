import { modelVersionDetail, promoteRequest } from '@churn/contracts';
import { defineRoute, Forbidden, type Route } from '@churn/platform';
import { getVersion, mayTransition, transitionStage } from '@churn/registry';
import type { Context } from '../context.ts';
import { versionParams } from './get-model-version.ts';

export function moveStage({ pool }: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/models/:model/versions/:version/stage',
    summary: 'Move a version to a stage',
    description:
      'A version that enters Production sends the one before it to Archived at once. Staging needs data-scientist; whatever touches Production needs ml-engineer.',
    role: 'data-scientist',
    params: versionParams,
    body: promoteRequest,
    responses: {
      200: { description: 'The version after the move', schema: modelVersionDetail },
      403: { description: 'The role may not make this move' },
      409: { description: 'The move is not allowed from the stage it is in' },
    },
    handler: async ({ params, body, principal, log }) => {
      const { projectId, actor, role } = principal;
      const { stage: from } = await getVersion(pool, projectId, params.model, params.version);
      const touchesProduction = body.stage === 'Production' || from === 'Production';
      if (!mayTransition(role, touchesProduction ? 'Production' : body.stage))
        throw new Forbidden(
          'role-insufficient',
          `Moving ${params.model}/${params.version} from ${from} to ${body.stage} needs the role ml-engineer; this key has ${role}.`,
        );
      const moved = await transitionStage(pool, {
        projectId,
        ...params,
        from,
        to: body.stage,
        reason: body.reason,
        actor,
      });
      log.info('stage changed', {
        project: projectId,
        model: params.model,
        version: params.version,
        from,
        to: body.stage,
        actor,
      });
      return { body: moved };
    },
  });
}
