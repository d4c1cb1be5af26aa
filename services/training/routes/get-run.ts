import { runId, trainingRun } from '@churn/contracts';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { findRuns } from '../queries/runs.ts';

export const runParams = z.strictObject({ id: runId });

export function getRun({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/training-runs/:id',
    summary: 'How far a training run is',
    role: 'viewer',
    params: runParams,
    responses: { 200: { description: 'The run', schema: trainingRun }, 404: { description: 'No such run' } },
    handler: async ({ params, principal: { projectId } }) => {
      const [run] = await findRuns(pool, projectId, params.id);
      if (run === undefined) throw runUnknown(projectId, params.id);
      return { body: run };
    },
  });
}

export function runUnknown(projectId: string, id: string): NotFound {
  return new NotFound(
    'training-run-unknown',
    `Project ${projectId} has no training run ${id}. \`churn train status\` shows the newest, GET /training-runs all of them.`,
  );
}
