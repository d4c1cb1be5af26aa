import { batchRunList } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { requireProject } from '@churn/registry';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { findRuns } from '../queries/find-runs.ts';

const listQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) });

export function listRuns({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/batch-runs',
    summary: 'The newest runs',
    role: 'viewer',
    query: listQuery,
    responses: {
      200: { description: 'Runs, the newest first', schema: batchRunList },
      404: { description: 'No such project' },
    },
    handler: async ({ query: { limit }, principal: { projectId } }) => {
      const runs = await findRuns(pool, { projectId, limit });
      if (runs.length === 0) await requireProject(pool, projectId);
      return { body: { runs } };
    },
  });
}
