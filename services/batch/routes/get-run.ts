import { batchRun, runId } from '@churn/contracts';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { findRuns } from '../queries/find-runs.ts';

export const runParams = z.strictObject({ id: runId });

export function getRun({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/batch-runs/:id',
    summary: 'How far a run is',
    role: 'viewer',
    params: runParams,
    responses: { 200: { description: 'The run', schema: batchRun }, 404: { description: 'No such run' } },
    handler: async ({ params, principal }) => {
      const [run] = await findRuns(pool, { projectId: principal.projectId, runId: params.id, limit: 1 });
      if (run === undefined) throw runUnknown(principal.projectId, params.id);
      return { body: run };
    },
  });
}

export function runUnknown(projectId: string, id: string): NotFound {
  return new NotFound(
    'batch-run-unknown',
    `Project ${projectId} has no batch run ${id}. Those it has: churn batch list.`,
  );
}
