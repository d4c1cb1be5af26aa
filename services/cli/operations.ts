import {
  type ApplyResult,
  applyResult,
  type BatchRun,
  batchRun,
  type DriftRun,
  driftRun,
  driftRunList,
  modelVersionDetail,
  runAccepted,
  type Stage,
  type TrainingRun,
  type TrainRequest,
  trainingRun,
} from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import type { z } from 'zod';
import type { ApiClient } from './client.ts';

/** The services' operations by name, as the commands and `churn up` use them. */

export function apply(client: ApiClient, ir: ProjectIr): Promise<ApplyResult> {
  return client.post('control', '/definitions', applyResult, { body: { ir } });
}

/** Starts a training run and returns its id. */
export async function startTraining(client: ApiClient, request: TrainRequest = {}): Promise<string> {
  return (await client.post('training', '/training-runs', runAccepted, { body: request })).run_id;
}

export function readTraining(client: ApiClient, runId: string): Promise<TrainingRun> {
  return client.get('training', `/training-runs/${runId}`, trainingRun);
}

export function readVersion(
  client: ApiClient,
  model: string,
  version: number,
): Promise<z.output<typeof modelVersionDetail>> {
  return client.get('control', versionPath(model, version), modelVersionDetail);
}

export function moveStage(
  client: ApiClient,
  model: string,
  version: number,
  stage: Stage,
  reason: string,
): Promise<z.output<typeof modelVersionDetail>> {
  return client.post('control', `${versionPath(model, version)}/stage`, modelVersionDetail, {
    body: { stage, reason },
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
  return (await client.post('batch', '/batch-runs', runAccepted, { body: request })).run_id;
}

export function readBatch(client: ApiClient, runId: string): Promise<BatchRun> {
  return client.get('batch', `/batch-runs/${runId}`, batchRun);
}

/** The newest drift run, of one batch run when named; null when there is none yet. */
export async function latestDrift(client: ApiClient, batchRunId?: string): Promise<DriftRun | null> {
  const { runs } = await client.get('monitoring', '/drift-runs', driftRunList);
  const found = runs.find((run) => batchRunId === undefined || run.batch_run_id === batchRunId);
  return found === undefined ? null : client.get('monitoring', `/drift-runs/${found.drift_run_id}`, driftRun);
}
