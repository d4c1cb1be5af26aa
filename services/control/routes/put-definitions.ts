import { applyResult } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { applyDefinitions } from '@churn/registry';
import { z } from 'zod';
import type { Context } from '../context.ts';

/** What `churn apply` sends: definitions compiled to their JSON form. They are checked by the registry, which knows the ones before. */
const body = z.strictObject({ ir: z.record(z.string(), z.unknown()) });

export function putDefinitions({ pool, config }: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/definitions',
    summary: "Make definitions the project's current ones",
    description:
      'Equal definitions change nothing. A view that computes something else needs a higher version.',
    role: 'data-scientist',
    body,
    responses: {
      200: { description: 'What changed', schema: applyResult },
      422: { description: 'Faults of the definitions, all of them' },
    },
    handler: async ({ body: { ir }, principal }) => ({
      body: await applyDefinitions(pool, {
        projectId: principal.projectId,
        ir,
        actor: principal.actor,
        createProject: config.CHURN_AUTH === 'off',
      }),
    }),
  });
}
