import { type DriftRun, driftRun, driftRunList, runId } from '@churn/contracts';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { findChecks, findReport, findResults } from '../queries/find-checks.ts';
import { requestCheck } from '../queries/request-check.ts';

/** A check's id, or `latest`. */
const idParams = z.strictObject({ id: z.union([z.uuid(), z.literal('latest')]) });
const LISTED = 100;

export function routes(context: Context, wake: () => void): Route[] {
  return [listChecks(context), getCheck(context), getReport(context), postCheck(context, wake)];
}

function listChecks({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/drift-runs',
    summary: 'Drift checks, newest first',
    role: 'viewer',
    responses: { 200: { description: 'The newest 100', schema: driftRunList } },
    handler: async ({ principal }) => ({
      body: { runs: await findChecks(pool, principal.projectId, null, LISTED) },
    }),
  });
}

function getCheck({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/drift-runs/:id',
    summary: 'A drift check with every column',
    role: 'viewer',
    params: idParams,
    responses: { 200: { description: 'The check', schema: driftRun }, 404: { description: 'No such check' } },
    handler: async ({ params, principal }) => {
      const [run] = await findChecks(pool, principal.projectId, params.id === 'latest' ? null : params.id, 1);
      if (run === undefined) throw unknown(principal.projectId, params.id);
      return { body: { ...run, results: await findResults(pool, run.drift_run_id) } };
    },
  });
}

function getReport({ pool }: Context): Route {
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
      const id = params.id === 'latest' ? null : params.id;
      const html = await findReport(pool, principal.projectId, id);
      if (html === null) {
        const [run] = await findChecks(pool, principal.projectId, id, 1);
        throw run === undefined ? unknown(principal.projectId, params.id) : withoutReport(run);
      }
      const headers = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
      return { body: html, contentType: 'text/html', headers };
    },
  });
}

function postCheck({ pool }: Context, wake: () => void): Route {
  return defineRoute({
    method: 'post',
    path: '/drift-runs',
    summary: 'Check a finished batch run, or check it again',
    role: 'data-scientist',
    body: z.strictObject({ batch_run_id: runId }),
    responses: {
      202: { description: 'The check is asked for', schema: z.strictObject({ drift_run_id: z.uuid() }) },
      404: { description: 'No finished batch run of that id' },
    },
    handler: async ({ body, principal }) => {
      const id = await requestCheck(pool, principal.projectId, body.batch_run_id);
      if (id === null)
        throw new NotFound(
          'batch-run-unknown',
          `Project ${principal.projectId} has no finished batch run ${body.batch_run_id}. \`churn batch list\` shows them.`,
        );
      wake();
      return { status: 202, body: { drift_run_id: id } };
    },
  });
}

function unknown(projectId: string, id: string): NotFound {
  return id === 'latest'
    ? new NotFound(
        'drift-run-missing',
        `Project ${projectId} has no drift check yet: one follows each batch run.`,
      )
    : new NotFound(
        'drift-run-unknown',
        `Project ${projectId} has no drift check ${id}. \`churn drift\` shows the newest.`,
      );
}

function withoutReport({ drift_run_id, state, error }: Pick<DriftRun, 'drift_run_id' | 'state' | 'error'>) {
  return state === 'failed'
    ? new NotFound('drift-run-failed', `Drift check ${drift_run_id} failed, so it has no report: ${error}`)
    : new NotFound(
        'drift-run-unfinished',
        `Drift check ${drift_run_id} is under way; ask again in a moment.`,
      );
}
