import {
  type ApplyResult,
  applyResult,
  type BatchRun,
  batchRun,
  batchRunList,
  type DriftRun,
  driftRun,
  driftRunList,
  type FeaturesStatus,
  featuresStatus,
  type MaterializeResult,
  materializeResult,
  modelList,
  modelVersionDetail,
  runAccepted,
  type Stage,
  type TrainingRun,
  type TrainRequest,
  trainingRun,
} from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import { z } from 'zod';
import type { ApiClient } from './client.ts';

/** The services' operations by name, as the commands and `churn up` use them. */

export type ModelVersion = z.output<typeof modelVersionDetail>;
export type ModelSummary = z.output<typeof modelList>['versions'][number];

/** A rebuild of many millions of customers takes minutes. */
const MATERIALIZE_MS = 3_600_000;
const driftAccepted = z.strictObject({ drift_run_id: z.uuid() });
const trainingRunList = z.strictObject({ runs: z.array(trainingRun) });

export function apply(client: ApiClient, ir: ProjectIr): Promise<ApplyResult> {
  return client.call('control', '/definitions', applyResult, { method: 'POST', body: { ir } });
}

export function readFeatures(client: ApiClient): Promise<FeaturesStatus> {
  return client.call('ingestion', '/features/status', featuresStatus);
}

export function materialize(client: ApiClient): Promise<MaterializeResult> {
  return client.call('ingestion', '/features/materialize', materializeResult, {
    method: 'POST',
    timeoutMs: MATERIALIZE_MS,
  });
}

/** Starts a training run and returns its id. */
export async function startTraining(client: ApiClient, request: TrainRequest = {}): Promise<string> {
  const call = { method: 'POST', body: request } as const;
  return (await client.call('training', '/training-runs', runAccepted, call)).run_id;
}

export function readTraining(client: ApiClient, runId: string): Promise<TrainingRun> {
  return client.call('training', `/training-runs/${encodeURIComponent(runId)}`, trainingRun);
}

/** Ends a training run that has not ended yet. */
export function cancelTraining(client: ApiClient, runId: string): Promise<TrainingRun> {
  const path = `/training-runs/${encodeURIComponent(runId)}/cancel`;
  return client.call('training', path, trainingRun, { method: 'POST' });
}

export async function listTraining(client: ApiClient): Promise<TrainingRun[]> {
  return (await client.call('training', '/training-runs', trainingRunList)).runs;
}

export async function listVersions(client: ApiClient): Promise<ModelSummary[]> {
  return (await client.call('control', '/models', modelList)).versions;
}

export function readVersion(client: ApiClient, model: string, version: number): Promise<ModelVersion> {
  return client.call('control', versionPath(model, version), modelVersionDetail);
}

export function moveStage(
  client: ApiClient,
  { model, version }: { model: string; version: number },
  to: { stage: Stage; reason: string },
): Promise<ModelVersion> {
  return client.call('control', `${versionPath(model, version)}/stage`, modelVersionDetail, {
    method: 'POST',
    body: to,
  });
}

function versionPath(model: string, version: number): string {
  return `/models/${encodeURIComponent(model)}/versions/${version}`;
}

/** Starts a batch run and returns its id. */
export async function startBatch(
  client: ApiClient,
  request: { prediction_date?: string | undefined; trigger?: 'manual' | 'bootstrap' },
): Promise<string> {
  const call = { method: 'POST', body: request } as const;
  return (await client.call('batch', '/batch-runs', runAccepted, call)).run_id;
}

export async function resumeBatch(client: ApiClient, runId: string): Promise<string> {
  const path = `/batch-runs/${encodeURIComponent(runId)}/resume`;
  return (await client.call('batch', path, runAccepted, { method: 'POST' })).run_id;
}

export function readBatch(client: ApiClient, runId: string): Promise<BatchRun> {
  return client.call('batch', `/batch-runs/${encodeURIComponent(runId)}`, batchRun);
}

/** Newest first. */
export async function listBatches(client: ApiClient): Promise<BatchRun[]> {
  return (await client.call('batch', '/batch-runs', batchRunList)).runs;
}

export function readDrift(client: ApiClient, driftRunId: string): Promise<DriftRun> {
  return client.call('monitoring', `/drift-runs/${encodeURIComponent(driftRunId)}`, driftRun);
}

/** Asks for the drift check of a batch run, again if there was one, and returns the check's id. Monitoring asks by itself after each run. */
export async function startDrift(client: ApiClient, batchRunId: string): Promise<string> {
  const call = { method: 'POST', body: { batch_run_id: batchRunId } } as const;
  return (await client.call('monitoring', '/drift-runs', driftAccepted, call)).drift_run_id;
}

/** The newest drift run, of one batch run when named; null when there is none yet. */
export async function latestDrift(client: ApiClient, batchRunId?: string): Promise<DriftRun | null> {
  const { runs } = await client.call('monitoring', '/drift-runs', driftRunList);
  const found = runs.find((run) => batchRunId === undefined || run.batch_run_id === batchRunId);
  return found === undefined ? null : readDrift(client, found.drift_run_id);
}
