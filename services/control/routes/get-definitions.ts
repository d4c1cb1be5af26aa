import { projectIr } from '@churn/features';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import { currentDefinitions } from '@churn/registry';
import { z } from 'zod';
import type { Context } from '../context.ts';

export function getDefinitions({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/definitions',
    summary: "The project's current definitions",
    role: 'viewer',
    responses: {
      200: {
        description: 'The definitions in their JSON form',
        schema: z.strictObject({ version: z.int(), hash: z.string(), ir: projectIr }),
      },
      404: { description: 'Nothing was applied yet' },
    },
    handler: async ({ principal }) => {
      const definitions = await currentDefinitions(pool, principal.projectId);
      if (definitions === null)
        throw new NotFound(
          'definitions-missing',
          `Project ${principal.projectId} has no definitions yet: churn apply <folder>.`,
        );
      return { body: definitions };
    },
  });
}
