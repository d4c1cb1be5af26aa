import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel, type ModelIr } from '@churn/features';
import { buildSnapshot, freeze, openDuck } from '@churn/lake';
import { ChurnError, InvalidInput, inTransaction, toProblem } from '@churn/platform';
import { currentDefinitions, insertModelVersion } from '@churn/registry';
import type { Context } from './context.ts';
import { cutsOf } from './history.ts';
import { buildManifest } from './manifest.ts';
import { type ClaimedRun, claimRun, giveBackRun, reportRun, settleRun, succeedRun } from './queries/runs.ts';
import { runChild, TrainingRefused } from './run-child.ts';

/** What one turn did. */
export type Turn =
  | { did: 'nothing' }
  | { did: 'trained'; runId: string; version: number }
  | { did: 'retry' | 'fail'; runId: string; error: string }
  /** Another process holds the run now; what this one did counts for nothing. */
  | { did: 'fenced'; runId: string };

const LEASE_MS = 60_000;
const ATTEMPTS = 3;
const FREEZE_MS = 30_000;

class Fenced extends Error {}

/** Claims the run that has waited longest, trains and registers it. Any number of processes may take turns; each trains one model at a time. */
export async function takeTurn(context: Context, signal: AbortSignal): Promise<Turn> {
  const run = await claimRun(context.pool, LEASE_MS);
  if (run === null) return { did: 'nothing' };
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const reporter = createReporter(context, run, signal);
  const work = await mkdirTemp(context.tempDir);
  try {
    if (run.attempt > ATTEMPTS)
      throw new TrainingRefused(
        `${ATTEMPTS} processes in a row died over this run. Look at the log of the training service.`,
      );
    const version = await trainIn(context, run, work, reporter);
    context.metrics.ended('succeeded', seconds());
    return { did: 'trained', runId: run.runId, version };
  } catch (error) {
    if (error instanceof Fenced || reporter.lost()) {
      context.metrics.ended('fenced', seconds());
      return { did: 'fenced', runId: run.runId };
    }
    if (signal.aborted) return await giveBack(context, run, seconds());
    return await settle(context, run, error, seconds());
  } finally {
    reporter.stop();
    await rm(work, { recursive: true, force: true });
  }
}

async function giveBack(context: Context, run: ClaimedRun, seconds: number): Promise<Turn> {
  await giveBackRun(context.pool, run);
  context.metrics.ended('retried', seconds);
  return { did: 'retry', runId: run.runId, error: 'The service was stopped; the run waits for the next.' };
}

async function settle(context: Context, run: ClaimedRun, error: unknown, seconds: number): Promise<Turn> {
  const final =
    error instanceof TrainingRefused ||
    (error instanceof ChurnError && error.status < 500) ||
    run.attempt >= ATTEMPTS;
  const detail = error instanceof Error ? error.message : String(error);
  const problem =
    error instanceof ChurnError
      ? toProblem(error)
      : { type: 'about:blank', title: 'Training failed', status: 500, detail };
  context.log.warn('training failed', { run_id: run.runId, attempt: run.attempt, again: !final, error });
  await settleRun(context.pool, run, problem, !final);
  context.metrics.ended(final ? 'failed' : 'retried', seconds);
  return { did: final ? 'fail' : 'retry', runId: run.runId, error: detail };
}

async function trainIn(context: Context, run: ClaimedRun, work: string, reporter: Reporter): Promise<number> {
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
  const snapshotPath = join(work, 'snapshot.parquet');
  const duck = await openDuck({ tempDir: work });
  try {
    await buildSnapshot(duck, {
      ir: definitions.ir,
      model: model.name,
      segments: frozen.segments,
      lakeUrl: config.LAKE_URL,
      cutsUs: cuts.testUs === null ? cuts.trainingUs : [...cuts.trainingUs, cuts.testUs],
      upToPosition: frozen.position,
      labels: true,
      eligibleOnly: true,
      outPath: snapshotPath,
      onProgress: (done, total) => reporter.report('computing features at each cut', done, total),
    });
  } finally {
    await duck.close();
  }
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

interface Reporter {
  report(step: string, done: number, total: number | null): void;
  /** Aborts when the run is in other hands, or the service ends. */
  signal: AbortSignal;
  lost(): boolean;
  stop(): void;
}

/** Writes the newest progress a few times a second, which keeps the lease too. */
function createReporter({ pool, reportMs }: Context, run: ClaimedRun, ending: AbortSignal): Reporter {
  const lost = new AbortController();
  let latest = { step: 'starting', done: 0, total: null as number | null };
  let writing = false;
  const timer = setInterval(() => {
    if (writing) return;
    writing = true;
    reportRun(pool, run, LEASE_MS, latest)
      .then((held) => {
        if (!held) lost.abort();
      })
      // Postgres may be away for a moment; the lease is longer than that.
      .catch(() => {})
      .finally(() => {
        writing = false;
      });
  }, reportMs);
  return {
    report(step, done, total) {
      latest = { step, done, total };
    },
    signal: AbortSignal.any([lost.signal, ending]),
    lost: () => lost.signal.aborted,
    stop: () => clearInterval(timer),
  };
}

async function mkdirTemp(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `run-${process.pid}-`));
}
