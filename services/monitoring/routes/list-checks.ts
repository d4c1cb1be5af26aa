import { driftRunList } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { requireProject } from '@churn/registry';
import type { Context } from '../context.ts';
import { findChecks } from '../queries/find-checks.ts';

const LISTED = 100;

export function listChecks({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/drift-runs',
    summary: 'Drift checks, the newest day first',
    role: 'viewer',
    responses: {
      200: {
        description: 'The newest 100; the first is what /drift-runs/latest answers',
        schema: driftRunList,
      },
      404: { description: 'No such project' },
    },
    handler: async ({ principal: { projectId } }) => {
      const runs = await findChecks(pool, projectId, null, LISTED);
      if (runs.length === 0) await requireProject(pool, projectId);
      return { body: { runs } };
    },
  });
}
