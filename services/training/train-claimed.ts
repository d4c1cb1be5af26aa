import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel, type ModelIr } from '@churn/features';
import { buildSnapshot, type Frozen, freeze, openDuck } from '@churn/lake';
import { InvalidInput, inTransaction } from '@churn/platform';
import { currentDefinitions, type DefinitionSet, insertModelVersion } from '@churn/registry';
import type { Context } from './context.ts';
import type { Cuts } from './cuts.ts';
import { cutsOf } from './history.ts';
import { buildManifest } from './manifest.ts';
import { type ClaimedRun, succeedRun } from './queries/runs.ts';
import type { Reporter } from './reporter.ts';
import { runChild } from './run-child.ts';

const FREEZE_MS = 30_000;

/** The run is in other hands, or cancelled: what this process did counts for nothing. */
export class Fenced extends Error {}

/** Trains a run in the folder `work` and registers the version. Throws Fenced when the run is no longer this process's. */
export async function trainClaimed(
  context: Context,
  run: ClaimedRun,
  work: string,
  reporter: Reporter,
): Promise<number> {
  const { pool, config } = context;
  const definitions = await currentDefinitions(pool, run.projectId);
  if (definitions === null)
    throw new InvalidInput(
      'definitions-missing',
      `Project ${run.projectId} has no definitions yet: churn apply <folder>.`,
    );
  const model = findModel(definitions.ir, run.model);
  const training = withRequest(model.training, run);
  reporter.report('freezing the dataset', 0, null);
  const frozen = await freeze(pool, run.projectId, { waitMs: FREEZE_MS });
  const cuts = cutsOf(definitions.ir, model, frozen.segments, context.now() * 1000);
  const snapshotPath = await writeSnapshot(context, { definitions, model, frozen, cuts, work }, reporter);
  const trained = await runChild(
    context.trainingProcess,
    {
      snapshotPath,
      tempDir: work,
      outDir: work,
      features: model.features,
      baselineFeature: model.baseline_feature,
      trainingCutsUs: cuts.trainingUs,
      testCutUs: cuts.testUs,
      training,
      ...(config.XGBOOST_LIBRARY !== undefined && { library: config.XGBOOST_LIBRARY }),
    },
    ({ step, done, total }) => reporter.report(step, done, total),
    reporter.signal,
  );
  reporter.report('registering', 0, null);
  const onnx = await readFile(join(work, 'model.onnx'));
  const reference = await readFile(join(work, 'reference.bin'));
  const manifest = buildManifest({
    model,
    training,
    trained,
    onnx,
    reference,
    frozen,
    cuts,
    definitions,
    codeCommit: context.codeCommit,
  });
  return register(context, run, { manifest, onnx, reference });
}

interface Dataset {
  definitions: DefinitionSet;
  model: ModelIr;
  frozen: Frozen;
  cuts: Cuts;
  work: string;
}

/** Writes the features and labels at the cuts, and stops in the middle of it when the run is to stop. Returns the file's path. */
async function writeSnapshot(
  { config }: Context,
  { definitions, model, frozen, cuts, work }: Dataset,
  reporter: Reporter,
): Promise<string> {
  const outPath = join(work, 'snapshot.parquet');
  const duck = await openDuck({ tempDir: work });
  const interrupt = () => duck.interrupt();
  reporter.signal.addEventListener('abort', interrupt, { once: true });
  try {
    reporter.signal.throwIfAborted();
    await buildSnapshot(duck, {
      ir: definitions.ir,
      model: model.name,
      segments: frozen.segments,
      lakeUrl: config.LAKE_URL,
      cutsUs: cuts.testUs === null ? cuts.trainingUs : [...cuts.trainingUs, cuts.testUs],
      upToPosition: frozen.position,
      labels: true,
      eligibleOnly: true,
      outPath,
      onProgress: (done, total) => reporter.report('computing features at each cut', done, total),
    });
    return outPath;
  } finally {
    reporter.signal.removeEventListener('abort', interrupt);
    await duck.close();
  }
}

type Bytes = Pick<Parameters<typeof insertModelVersion>[1], 'manifest' | 'onnx' | 'reference'>;

/** Version and success in one transaction: a process that lost the run registers nothing. */
function register({ pool, log }: Context, run: ClaimedRun, bytes: Bytes): Promise<number> {
  return inTransaction(pool, async (client) => {
    const version = await insertModelVersion(client, {
      projectId: run.projectId,
      ...bytes,
      trainingRunId: run.runId,
      actor: `training run ${run.runId}`,
    });
    const { model, metrics } = bytes.manifest;
    const done = await succeedRun(client, run, {
      model,
      version,
      auc: metrics.auc.value,
      baseline_auc: metrics.baseline.auc,
    });
    if (!done) throw new Fenced();
    log.info('model registered', {
      project: run.projectId,
      model,
      version,
      auc: metrics.auc.value,
      run_id: run.runId,
    });
    return version;
  });
}

/** The definitions' training, with what the request gives instead. */
function withRequest(training: ModelIr['training'], { request }: ClaimedRun): ModelIr['training'] {
  return {
    ...training,
    algorithm: request.algorithm ?? training.algorithm,
    trees: request.trees ?? training.trees,
    depth: request.depth ?? training.depth,
    learning_rate: request.learning_rate ?? training.learning_rate,
    seed: request.seed ?? training.seed,
  };
}
