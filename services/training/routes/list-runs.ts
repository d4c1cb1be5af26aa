import { trainingRun } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { requireProject } from '@churn/registry';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { findRuns } from '../queries/runs.ts';

export function listRuns({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/training-runs',
    summary: 'Training runs, newest first',
    role: 'viewer',
    responses: {
      200: { description: 'The newest 100', schema: z.strictObject({ runs: z.array(trainingRun) }) },
      404: { description: 'No such project' },
    },
    handler: async ({ principal: { projectId } }) => {
      const runs = await findRuns(pool, projectId, null);
      if (runs.length === 0) await requireProject(pool, projectId);
      return { body: { runs } };
    },
  });
}
