import { batchRequest, runAccepted } from '@churn/contracts';
import { audit, Conflict, defineRoute, type Route } from '@churn/platform';
import { productionModel } from '@churn/registry';
import type { Context } from '../context.ts';
import { asOfUs, utcDay } from '../prediction-date.ts';
import { insertRun } from '../queries/insert-run.ts';

export function startRun(context: Context, wake: () => void): Route {
  return defineRoute({
    method: 'post',
    path: '/batch-runs',
    summary: 'Score every known customer',
    description: 'One run of a project at a time. Same-day runs replace the predictions of that day.',
    role: 'ml-engineer',
    body: batchRequest,
    responses: {
      202: { description: 'Started', schema: runAccepted },
      409: { description: 'A run is open, or no model is in Production' },
    },
    handler: async ({ body, principal }) => {
      const { projectId, actor } = principal;
      const predictionDate = body.prediction_date ?? utcDay(context.now());
      const asOf = asOfUs(predictionDate, context.now());
      await requireProduction(context, projectId);
      const { runId, inserted } = await insertRun(context.pool, {
        projectId,
        trigger: body.trigger,
        predictionDate,
        asOfUs: asOf,
      });
      if (!inserted) throw runIsOpen(projectId, runId);
      await audit(context.pool, {
        projectId,
        actor,
        action: 'batch.start',
        subject: runId,
        detail: { prediction_date: predictionDate },
      });
      wake();
      return { status: 202, body: { run_id: runId }, headers: { Location: `/batch-runs/${runId}` } };
    },
  });
}

async function requireProduction(context: Context, projectId: string): Promise<void> {
  if ((await productionModel(context.pool, projectId)) !== null) return;
  throw new Conflict(
    'no-production-model',
    `Project ${projectId} has no model in Production: train one and promote it (churn train, churn models promote), then start the run.`,
  );
}

export function runIsOpen(projectId: string, runId: string): Conflict {
  return new Conflict(
    'batch-run-open',
    `Project ${projectId} has the open run ${runId}: follow it at /batch-runs/${runId}, and start another when it has ended.`,
    { run_id: runId },
  );
}
