import { batchRequest, runAccepted } from '@churn/contracts';
import { audit, Conflict, defineRoute, type Route } from '@churn/platform';
import { definitionsByHash, productionModel } from '@churn/registry';
import type { Context } from '../context.ts';
import { definitionsGone } from '../definitions-gone.ts';
import { asOfUs, requireEvents, utcDay } from '../prediction-date.ts';
import { firstEventUs } from '../queries/first-event.ts';
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
      422: { description: 'The day has not come, or nobody was known yet' },
    },
    handler: async ({ body, principal }) => {
      const { projectId, actor } = principal;
      const predictionDate = body.prediction_date ?? utcDay(context.now());
      const asOf = asOfUs(predictionDate, context.now());
      const source = await populationSource(context, projectId);
      requireEvents(source, predictionDate, asOf, await firstEventUs(context.pool, projectId, source));
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

/** The source whose events make a customer known, by the definitions of the model in Production. */
async function populationSource({ pool }: Context, projectId: string): Promise<string> {
  const production = await productionModel(pool, projectId);
  if (production === null)
    throw new Conflict(
      'no-production-model',
      `Project ${projectId} has no model in Production: train one and promote it (churn train, churn models promote), then start the run.`,
    );
  const { hash } = production.manifest.definitions;
  const definitions = await definitionsByHash(pool, projectId, hash);
  if (definitions === null) throw definitionsGone(production.manifest.model, hash);
  const { views, population } = definitions.ir;
  return views.find(({ name }) => name === population.view)?.source ?? '';
}

export function runIsOpen(projectId: string, runId: string): Conflict {
  return new Conflict(
    'batch-run-open',
    `Project ${projectId} has the open run ${runId}: follow it at /batch-runs/${runId}, and start another when it has ended.`,
    { run_id: runId },
  );
}
