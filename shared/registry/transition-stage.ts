import type { Stage } from '@churn/contracts';
import { audit, Conflict, InvalidInput, inTransaction } from '@churn/platform';
import type pg from 'pg';
import { loadArtifact } from './artifacts.ts';
import { currentDefinitions } from './definitions.ts';
import { lockModel } from './queries/lock-model.ts';
import { moveVersion } from './queries/move-version.ts';
import { moveRefusal } from './stages.ts';
import { getVersion, type ModelVersionDetail } from './versions.ts';

export interface TransitionRequest {
  projectId: string;
  model: string;
  version: number;
  /** Where the caller saw it, and judged the move from; a Conflict when it is elsewhere by now. */
  from?: Stage;
  to: Stage;
  reason: string;
  actor: string;
}

/**
 * Moves a version to a stage; one that enters Production sends the one that was there to Archived in the same transaction. Who may is the
 * caller's to check (mayTransition). Throws NotFound for an unknown version, Conflict with the reason when the move is not allowed.
 */
export function transitionStage(pool: pg.Pool, request: TransitionRequest): Promise<ModelVersionDetail> {
  const { projectId, model, version, to, actor, reason } = request;
  if (reason.trim() === '') {
    throw new InvalidInput('reason-missing', 'A stage changes with a reason, for those who read the record.');
  }
  return inTransaction(pool, async (client) => {
    await lockModel(client, projectId, model);
    const found = await getVersion(client, projectId, model, version);
    const refusal = await refusalOf(client, found, request);
    if (refusal !== null) {
      throw new Conflict('transition-refused', `${model}/${version} stays in ${found.stage}: ${refusal}.`, {
        stage: found.stage,
        requested: to,
      });
    }
    if (to === 'Production') await archiveCurrent(client, request);
    await moveVersion(client, { projectId, model, version, from: found.stage, to, actor, reason });
    const detail = { from: found.stage, to, reason };
    const action = to === 'Production' ? 'model.promote' : 'model.stage';
    await audit(client, { projectId, actor, action, subject: `${model}/${version}`, detail });
    return getVersion(client, projectId, model, version);
  });
}

async function refusalOf(
  client: pg.PoolClient,
  found: ModelVersionDetail,
  { projectId, from, to }: TransitionRequest,
): Promise<string | null> {
  if (from !== undefined && from !== found.stage)
    return `it was in ${from} a moment ago, so somebody moves it too; look again`;
  const served = found.transitions.some((transition) => transition.to === 'Production');
  const refusal = moveRefusal(found.stage, to, served);
  if (refusal !== null || to !== 'Production') return refusal;
  await loadArtifact(client, found.manifest.onnx.sha256);
  return missingFeatures(client, projectId, found);
}

/** A model in Production is fed from the current definitions: a feature that they no longer compute would be missing on every answer. */
async function missingFeatures(
  client: pg.PoolClient,
  projectId: string,
  { manifest }: ModelVersionDetail,
): Promise<string | null> {
  const definitions = await currentDefinitions(client, projectId);
  if (definitions === null) return `project ${projectId} has no definitions; apply them first`;
  const known = new Set(
    definitions.ir.views.flatMap((view) =>
      view.features.map((feature) => `${view.name}@${view.version}:${feature.name}`),
    ),
  );
  const missing = manifest.features.filter((feature) => !known.has(feature));
  if (missing.length === 0) return null;
  return `the current definitions (version ${definitions.version}) do not compute ${missing.join(', ')}; train on the current definitions`;
}

async function archiveCurrent(client: pg.PoolClient, request: TransitionRequest): Promise<void> {
  const { projectId, model, version, actor } = request;
  const { rows } = await client.query<{ version: number }>(
    `SELECT version FROM model_version WHERE project_id = $1 AND model = $2 AND stage = 'Production'`,
    [projectId, model],
  );
  for (const { version: old } of rows) {
    const reason = `replaced by version ${version}: ${request.reason}`;
    await moveVersion(client, {
      projectId,
      model,
      version: old,
      from: 'Production',
      to: 'Archived',
      actor,
      reason,
    });
  }
}
