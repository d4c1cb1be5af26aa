import { exportHighRisk } from '../export/high-risk-export.ts';
import { saveSucceeded } from '../queries/save-succeeded.ts';
import { inRunTransaction } from '../run-transaction.ts';
import type { Step } from './step.ts';

/** Hands the high-risk customers to the CRM and ends the run. Repeating it changes nothing but exported_at. */
export const exportStep: Step = async (context, run, signal) => {
  const { exported, rows } = await exportHighRisk(context, run, signal);
  await context.hooks.at('exported', run);
  const step = exported
    ? `done, ${rows} high-risk customers exported`
    : "done; a newer run's export was left in place";
  await inRunTransaction(context.pool, (client) => saveSucceeded(client, run, { exported, step }));
  context.metrics.runSucceeded(run.ageMs / 1000);
  return { did: 'advance', to: 'succeeded' };
};
