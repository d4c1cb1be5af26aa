import { buildSnapshot, listSegments, openDuck } from '@churn/lake';
import { definitionsByHash } from '@churn/registry';
import type { Context } from '../context.ts';
import { planChunks } from '../decisions.ts';
import { definitionsGone } from '../definitions-gone.ts';
import type { Run } from '../queries/claim-run.ts';
import { advanceRun } from '../queries/hold-run.ts';
import { insertChunks } from '../queries/insert-chunks.ts';
import { createRunTable } from '../queries/prediction-tables.ts';
import { saveSnapshot } from '../queries/save-snapshot.ts';
import { RunFailed } from '../run-failed.ts';
import { inRunTransaction } from '../run-transaction.ts';
import type { Step } from './step.ts';

/** Writes the features of every known customer, then the ledger over its rows and the table that they go to. */
export const snapshotStep: Step = async (context, run, signal) => {
  const model = frozenModel(run);
  // The token is in the name: a coordinator that was taken for dead cannot write into the file of its successor.
  const path = `${snapshotFolder(run)}/${run.token}.parquet`;
  const customers = await writeSnapshot(context, run, { path, model: model.model, signal });
  await context.hooks.at('snapshot', run);
  await inRunTransaction(context.pool, async (client) => {
    await createRunTable(client, { ...run, ...model });
    await insertChunks(client, run, planChunks(customers, context.config.CHURN_BATCH_CHUNK_ROWS));
    await saveSnapshot(client, run, { path, customers });
    await advanceRun(client, run, 'scoring', 'scoring');
  });
  return { did: 'advance', to: 'scoring' };
};

/** Where a run's snapshots are, relative to the lake. */
export function snapshotFolder(run: { projectId: string; runId: string }): string {
  return `${run.projectId}/batch/${run.runId}`;
}

function frozenModel(run: Run): { model: string; modelVersion: number; hash: string; position: number } {
  const { model, modelVersion, definitionsHash: hash, position } = run;
  if (model === null || modelVersion === null || hash === null || position === null) {
    throw new RunFailed('It was never frozen: its model or position is missing. Start a new run.');
  }
  return { model, modelVersion, hash, position };
}

async function writeSnapshot(
  context: Context,
  run: Run,
  out: { path: string; model: string; signal: AbortSignal },
): Promise<number> {
  const { hash, position } = frozenModel(run);
  const definitions = await definitionsByHash(context.pool, run.projectId, hash);
  if (definitions === null) throw definitionsGone(out.model, hash);
  const segments = await listSegments(context.pool, run.projectId, position);
  const duck = await openDuck({ tempDir: context.tempDir });
  const interrupt = () => duck.interrupt();
  out.signal.addEventListener('abort', interrupt, { once: true });
  try {
    const { ir } = definitions;
    const outPath = context.lakePath(out.path);
    const options = {
      ir,
      model: out.model,
      segments,
      lakeUrl: context.config.LAKE_URL,
      cutsUs: [run.asOfUs],
    };
    const built = await buildSnapshot(duck, { ...options, upToPosition: position, labels: false, outPath });
    return built.rows;
  } catch (error) {
    out.signal.throwIfAborted();
    throw error;
  } finally {
    out.signal.removeEventListener('abort', interrupt);
    await duck.close();
  }
}
