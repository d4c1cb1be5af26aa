import { rm } from 'node:fs/promises';
import type { Context } from './context.ts';
import { findCleanableRuns, markCleaned } from './queries/find-cleanable-runs.ts';
import { dropRunTable } from './queries/prediction-tables.ts';
import { inRunTransaction } from './run-transaction.ts';
import { snapshotFolder } from './steps/snapshot-step.ts';

/** Removes the snapshots of runs past the newest of their project, and the tables of failed runs; returns the runs it cleaned. */
export async function cleanUp(context: Context): Promise<string[]> {
  const runs = await findCleanableRuns(context.pool, context.limits);
  const cleaned: string[] = [];
  for (const run of runs) {
    const marked = await inRunTransaction(context.pool, async (client) => {
      if (!(await markCleaned(client, run.runId))) return false;
      if (run.orphaned) await dropRunTable(client, run.runId);
      return true;
    });
    if (!marked) continue;
    await rm(context.lakePath(snapshotFolder(run)), { recursive: true, force: true });
    cleaned.push(run.runId);
  }
  return cleaned;
}
