import { releaseRun } from '../queries/hold-run.ts';
import { attachRunTable, countRunTable, evictWriters, keyRunTable } from '../queries/prediction-tables.ts';
import { saveAttached } from '../queries/save-attached.ts';
import { RunFailed } from '../run-failed.ts';
import { inRunTransaction } from '../run-transaction.ts';
import type { Step } from './step.ts';

const KEY_MS = 10 * 60_000;

/** Makes the run's predictions the project's of that day, whole, after counting that every customer is there once. */
export const publishStep: Step = async ({ pool, hooks, log }, run) => {
  const evicted = await evictWriters(pool, run.runId);
  if (evicted > 0) log.warn('workers without a lease were still writing', { run_id: run.runId, evicted });
  const rows = await inRunTransaction(
    pool,
    async (client) => {
      await keyRunTable(client, run);
      return countRunTable(client, run.runId);
    },
    { statementMs: KEY_MS },
  );
  if (rows !== run.customers) {
    throw new RunFailed(
      `Its table holds ${rows} predictions for ${run.customers} customers. This is a defect: please report it.`,
    );
  }
  await hooks.at('keyed', run);
  const highRisk = await inRunTransaction(pool, async (client) => {
    await attachRunTable(client, run);
    const count = await saveAttached(client, run);
    await releaseRun(client, run, { inMs: 0, attempts: 0, step: 'exporting the high-risk customers' });
    return count;
  });
  await hooks.at('attached', run);
  log.info('predictions published', { run_id: run.runId, customers: rows, high_risk: highRisk });
  return { did: 'advance', to: 'exporting' };
};
