import { freeze } from '@churn/lake';
import { productionModel } from '@churn/registry';
import { advanceRun, setStep } from '../queries/hold-run.ts';
import { saveFrozen } from '../queries/save-frozen.ts';
import { RunFailed } from '../run-failed.ts';
import { inRunTransaction } from '../run-transaction.ts';
import type { Step } from './step.ts';

/** Fixes the model, its definitions and the events that the run knows. */
export const freezeStep: Step = async (context, run) => {
  const { pool } = context;
  const production = await productionModel(pool, run.projectId);
  if (production === null) {
    throw new RunFailed(
      `Project ${run.projectId} has no model in Production. Promote one, then start a run.`,
    );
  }
  await setStep(pool, run, 'waiting for the newest events');
  const frozen = await freeze(pool, run.projectId, { waitMs: context.limits.freezeMs });
  if (frozen.lagging > 0)
    context.log.warn('run goes without the newest events', { run_id: run.runId, events: frozen.lagging });
  await context.hooks.at('frozen', run);
  await inRunTransaction(pool, async (client) => {
    await saveFrozen(client, run, {
      model: production.manifest.model,
      modelVersion: production.version,
      definitionsHash: production.manifest.definitions.hash,
      position: frozen.position,
      datasetVersion: frozen.datasetVersion,
    });
    await advanceRun(client, run, 'snapshotting', 'computing the features of every customer');
  });
  return { did: 'advance', to: 'snapshotting' };
};
