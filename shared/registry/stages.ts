import type { Role, Stage } from '@churn/contracts';
import { audit, Conflict, Forbidden, inTransaction, mayAct, NotFound } from '@churn/platform';
import type { Pool, PoolClient } from 'pg';

/** Where a version may go from each stage. Archived ones may come back: that is a rollback. */
const MOVES: Record<Stage, readonly Stage[]> = {
  None: ['Staging', 'Archived'],
  Staging: ['Production', 'Archived', 'None'],
  Production: ['Archived', 'Staging'],
  Archived: ['Staging', 'Production'],
};

/** The least role for a move to that stage. Taking a champion out of service is as grave as putting one in. */
export function roleForMove(from: Stage, to: Stage): Role {
  return to === 'Production' || from === 'Production' ? 'ml-engineer' : 'data-scientist';
}

/** Whether the role may move a version between these stages. */
export function mayTransition(role: Role, from: Stage, to: Stage): boolean {
  return mayAct(role, roleForMove(from, to));
}

interface Move {
  projectId: string;
  model: string;
  version: number;
  to: Stage;
  reason: string;
  actor: string;
  role: Role;
}

/**
 * Moves a version to a stage, audited; a version that enters Production sends the one before it to Archived in the same transaction.
 * Throws NotFound, Forbidden (role) or Conflict (a move that is not allowed). Moving to the stage it has changes nothing.
 */
export async function transitionStage(
  pool: Pool,
  move: Move,
): Promise<{ from: Stage; archived: number | null }> {
  return inTransaction(pool, async (client) => {
    // One mover a model at a time, so that two promotions cannot both see the same champion.
    await client.query('SELECT 1 FROM model WHERE project_id = $1 AND name = $2 FOR UPDATE', [
      move.projectId,
      move.model,
    ]);
    const from = await stageOf(client, move);
    if (from === move.to) return { from, archived: null };
    if (!MOVES[from].includes(move.to))
      throw new Conflict(
        'stage-move',
        `Version ${move.version} of ${move.model} is in ${from}; from there it may go to ${MOVES[from].join(', ')}, not to ${move.to}.`,
      );
    if (!mayTransition(move.role, from, move.to))
      throw new Forbidden(
        'role-insufficient',
        `Moving ${move.model} from ${from} to ${move.to} needs the role ${roleForMove(from, move.to)}; you have ${move.role}.`,
      );
    const archived = move.to === 'Production' ? await archiveChampion(client, move) : null;
    await setStage(client, { ...move, from });
    return { from, archived };
  });
}

async function stageOf(client: PoolClient, { projectId, model, version }: Move): Promise<Stage> {
  const { rows } = await client.query<{ stage: Stage }>(
    'SELECT stage FROM model_version WHERE project_id = $1 AND model = $2 AND version = $3 FOR UPDATE',
    [projectId, model, version],
  );
  const stage = rows[0]?.stage;
  if (stage === undefined)
    throw new NotFound(
      'model-version-unknown',
      `Project ${projectId} has no version ${version} of model ${model}. \`churn models list\` shows what there is.`,
    );
  return stage;
}

async function archiveChampion(client: PoolClient, move: Move): Promise<number | null> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT version FROM model_version WHERE project_id = $1 AND model = $2 AND stage = 'Production' FOR UPDATE`,
    [move.projectId, move.model],
  );
  const version = rows[0]?.version;
  if (version === undefined) return null;
  const reason = `replaced by version ${move.version}`;
  await setStage(client, { ...move, version, from: 'Production', to: 'Archived', reason });
  return version;
}

async function setStage(client: PoolClient, move: Move & { from: Stage }): Promise<void> {
  const { projectId, model, version, from, to, actor, reason } = move;
  await client.query(
    `UPDATE model_version SET stage = $4, stage_changed_at = clock_timestamp() WHERE project_id = $1 AND model = $2 AND version = $3`,
    [projectId, model, version, to],
  );
  await client.query(
    `INSERT INTO stage_transition (project_id, model, version, from_stage, to_stage, actor, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [projectId, model, version, from, to, actor, reason],
  );
  await audit(client, {
    projectId,
    actor,
    action: 'model.stage',
    subject: `${model} version ${version}`,
    detail: { from, to, reason },
  });
}
