import { driftRun } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { findChecks, findResults } from '../queries/find-checks.ts';
import { idParams, unknownCheck } from './check-id.ts';

export function getCheck({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/drift-runs/:id',
    summary: 'A drift check with every column',
    role: 'viewer',
    params: idParams,
    responses: { 200: { description: 'The check', schema: driftRun }, 404: { description: 'No such check' } },
    handler: async ({ params, principal }) => {
      const [run] = await findChecks(pool, principal.projectId, params.id === 'latest' ? null : params.id, 1);
      if (run === undefined) throw unknownCheck(principal.projectId, params.id);
      return { body: { ...run, results: await findResults(pool, run.drift_run_id) } };
    },
  });
}
