import { type ModelManifest, modelManifest } from '@churn/contracts';
import { audit, InvalidInput, inTransaction } from '@churn/platform';
import type pg from 'pg';
import { saveArtifact } from './artifacts.ts';
import { lockModel } from './queries/lock-model.ts';

export interface NewModelVersion {
  projectId: string;
  manifest: ModelManifest;
  onnx: Buffer;
  /** Packed reference columns (see packReference). */
  reference?: Buffer | undefined;
  trainingRunId: string | null;
  actor: string;
}

/** Adds the next version of a model, in stage None, and returns its number. Throws InvalidInput when bytes and manifest disagree. */
export function registerModelVersion(pool: pg.Pool, version: NewModelVersion): Promise<number> {
  return inTransaction(pool, (client) => insertModelVersion(client, version));
}

/** As registerModelVersion, inside a transaction of the caller's. */
export async function insertModelVersion(client: pg.PoolClient, given: NewModelVersion): Promise<number> {
  const manifest = modelManifest.parse(given.manifest);
  const { projectId, actor } = given;
  const { model } = manifest;
  const onnxSha256 = await saveArtifact(client, given.onnx, 'application/onnx');
  const referenceSha256 =
    given.reference === undefined
      ? null
      : await saveArtifact(client, given.reference, 'application/octet-stream');
  sameHash('onnx', manifest.onnx.sha256, onnxSha256);
  sameHash('reference', manifest.reference?.sha256 ?? null, referenceSha256);
  await client.query('INSERT INTO model (project_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    projectId,
    model,
  ]);
  await lockModel(client, projectId, model);
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO model_version (project_id, model, version, manifest, onnx_sha256, reference_sha256, training_run_id, created_by)
     SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 FROM model_version WHERE project_id = $1 AND model = $2
     RETURNING version`,
    [projectId, model, JSON.stringify(manifest), onnxSha256, referenceSha256, given.trainingRunId, actor],
  );
  const version = rows[0]?.version ?? 0;
  const detail = { onnx_sha256: onnxSha256, training_run_id: given.trainingRunId };
  await audit(client, { projectId, actor, action: 'model.register', subject: `${model}/${version}`, detail });
  return version;
}

function sameHash(what: string, claimed: string | null, actual: string | null): void {
  if (claimed === actual) return;
  throw new InvalidInput(
    'manifest-mismatch',
    `The manifest names ${what} ${claimed ?? '(none)'}, but the bytes given are ${actual ?? '(none)'}. Register both as they were made.`,
  );
}
