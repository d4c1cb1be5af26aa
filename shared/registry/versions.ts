import { type ModelManifest, modelManifest, type Stage } from '@churn/contracts';
import { inTransaction, NotFound } from '@churn/platform';
import type { Pool, PoolClient } from 'pg';
import { storeArtifact } from './artifacts.ts';

type Db = Pool | PoolClient;

export interface ModelVersion {
  model: string;
  version: number;
  stage: Stage;
  manifest: ModelManifest;
  createdAt: Date;
  createdBy: string;
}

export interface Transition {
  from: Stage;
  to: Stage;
  actor: string;
  reason: string;
  at: Date;
}

interface Registration {
  projectId: string;
  manifest: ModelManifest;
  onnx: Uint8Array;
  /** Raw reference columns for drift. */
  reference: Uint8Array | null;
  trainingRunId: string | null;
  actor: string;
}

/** Adds a version in stage None and returns its number. The training run gets one version, however often this is repeated. */
export async function registerModelVersion(pool: Pool, registration: Registration): Promise<number> {
  return inTransaction(pool, (client) => registerIn(client, registration));
}

/** As registerModelVersion, inside the caller's transaction. */
export async function registerIn(client: PoolClient, registration: Registration): Promise<number> {
  const { projectId, manifest, trainingRunId } = registration;
  const { model } = modelManifest.parse(manifest);
  await client.query('INSERT INTO model (project_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    projectId,
    model,
  ]);
  // The row of the model serialises the numbering of its versions.
  await client.query('SELECT 1 FROM model WHERE project_id = $1 AND name = $2 FOR UPDATE', [
    projectId,
    model,
  ]);
  const known = await versionOfRun(client, trainingRunId);
  if (known !== null) return known;
  const onnxHash = await storeArtifact(client, 'application/onnx', registration.onnx);
  if (onnxHash !== manifest.onnx.sha256)
    throw new Error(`The manifest names ${manifest.onnx.sha256}, the ONNX bytes are ${onnxHash}.`);
  const referenceHash =
    registration.reference === null
      ? null
      : await storeArtifact(client, 'application/vnd.churn.reference', registration.reference);
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO model_version (project_id, model, version, manifest, onnx_sha256, reference_sha256, training_run_id, created_by)
     SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 FROM model_version WHERE project_id = $1 AND model = $2
     RETURNING version`,
    [projectId, model, JSON.stringify(manifest), onnxHash, referenceHash, trainingRunId, registration.actor],
  );
  return rows[0]?.version ?? 0;
}

async function versionOfRun(client: PoolClient, trainingRunId: string | null): Promise<number | null> {
  if (trainingRunId === null) return null;
  const { rows } = await client.query<{ version: number }>(
    'SELECT version FROM model_version WHERE training_run_id = $1',
    [trainingRunId],
  );
  return rows[0]?.version ?? null;
}

const COLUMNS = `model, version, stage, manifest, created_at AS "createdAt", created_by AS "createdBy"`;

/** The project's versions, by model, newest first. */
export async function listVersions(db: Db, projectId: string): Promise<ModelVersion[]> {
  const { rows } = await db.query<ModelVersion>(
    `SELECT ${COLUMNS} FROM model_version WHERE project_id = $1 ORDER BY model, version DESC`,
    [projectId],
  );
  return rows;
}

/** One version with its history. Throws NotFound. */
export async function getVersion(
  db: Db,
  projectId: string,
  model: string,
  version: number,
): Promise<ModelVersion & { transitions: Transition[] }> {
  const key = [projectId, model, version];
  const { rows } = await db.query<ModelVersion>(
    `SELECT ${COLUMNS} FROM model_version WHERE project_id = $1 AND model = $2 AND version = $3`,
    key,
  );
  const found = rows[0];
  if (found === undefined)
    throw new NotFound(
      'model-version-unknown',
      `Project ${projectId} has no version ${version} of model ${model}. \`churn models list\` shows what there is.`,
    );
  const history = await db.query<Transition>(
    `SELECT from_stage AS "from", to_stage AS "to", actor, reason, at FROM stage_transition
     WHERE project_id = $1 AND model = $2 AND version = $3 ORDER BY transition_id`,
    key,
  );
  return { ...found, transitions: history.rows };
}

/** The champion: of the named model, or of the one promoted last when none is named. null when nothing is in Production. */
export async function productionModel(
  db: Db,
  projectId: string,
  model?: string,
): Promise<ModelVersion | null> {
  const { rows } = await db.query<ModelVersion>(
    `SELECT ${COLUMNS} FROM model_version
     WHERE project_id = $1 AND stage = 'Production' AND ($2::text IS NULL OR model = $2)
     ORDER BY stage_changed_at DESC LIMIT 1`,
    [projectId, model ?? null],
  );
  return rows[0] ?? null;
}

/** Every champion of every project. */
export async function productionModels(db: Db): Promise<(ModelVersion & { projectId: string })[]> {
  const { rows } = await db.query<ModelVersion & { projectId: string }>(
    `SELECT project_id AS "projectId", ${COLUMNS} FROM model_version WHERE stage = 'Production' ORDER BY project_id, stage_changed_at`,
  );
  return rows;
}
