import type { DriftRun } from '@churn/contracts';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { findChecks, findReport } from '../queries/find-checks.ts';
import { idParams, unknownCheck } from './check-id.ts';

export function getReport({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/drift-runs/:id/report',
    summary: 'The report of a drift check, for people',
    role: 'viewer',
    params: idParams,
    responses: {
      200: { description: 'A self-contained page', contentType: 'text/html' },
      404: { description: 'No such report' },
    },
    handler: async ({ params, principal }) => {
      const [run] = await findChecks(pool, principal.projectId, params.id === 'latest' ? null : params.id, 1);
      if (run === undefined) throw unknownCheck(principal.projectId, params.id);
      const html = await findReport(pool, run.drift_run_id);
      if (html === null) throw withoutReport(run);
      const headers = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
      return { body: html, contentType: 'text/html', headers };
    },
  });
}

function withoutReport({ drift_run_id, state, error }: Pick<DriftRun, 'drift_run_id' | 'state' | 'error'>) {
  return state === 'failed'
    ? new NotFound('drift-run-failed', `Drift check ${drift_run_id} failed, so it has no report: ${error}`)
    : new NotFound(
        'drift-run-unfinished',
        `Drift check ${drift_run_id} is under way; ask again in a moment.`,
      );
}
