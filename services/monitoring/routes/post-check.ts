import { runId } from '@churn/contracts';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { requestCheck } from '../queries/request-check.ts';

export function postCheck({ pool }: Context, wake: () => void): Route {
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
