import { runAccepted } from '@churn/contracts';
import { audit, Conflict, defineRoute, type Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { findRuns } from '../queries/find-runs.ts';
import { resumeRun } from '../queries/resume-run.ts';
import { runParams, runUnknown } from './get-run.ts';
import { runIsOpen } from './start-run.ts';

export function resume(context: Context, wake: () => void): Route {
  return defineRoute({
    method: 'post',
    path: '/batch-runs/:id/resume',
    summary: 'Go on with a failed run where it failed',
    role: 'ml-engineer',
    params: runParams,
    responses: {
      202: { description: 'Resumed', schema: runAccepted },
      409: { description: 'It has not failed, its remains are cleaned up, or another run is open' },
    },
    handler: async ({ params, principal }) => {
      const { projectId, actor } = principal;
      const outcome = await resumeRun(context.pool, projectId, params.id);
      if (outcome.did === 'blocked') throw runIsOpen(projectId, outcome.openRunId);
      if (outcome.did === 'refused') throw await refusal(context, projectId, params.id);
      await audit(context.pool, { projectId, actor, action: 'batch.resume', subject: params.id, detail: {} });
      wake();
      return { status: 202, body: { run_id: params.id } };
    },
  });
}

async function refusal({ pool }: Context, projectId: string, id: string): Promise<Error> {
  const [run] = await findRuns(pool, { projectId, runId: id, limit: 1 });
  if (run === undefined) return runUnknown(projectId, id);
  const reason =
    run.state === 'failed'
      ? 'its snapshot is cleaned up: start a new one'
      : `it is ${run.state}: only a failed one can be`;
  return new Conflict('batch-run-not-resumable', `Batch run ${id} cannot be resumed, ${reason}.`);
}
