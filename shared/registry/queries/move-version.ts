import type { Stage } from '@churn/contracts';
import type pg from 'pg';

export interface Move {
  projectId: string;
  model: string;
  version: number;
  from: Stage;
  to: Stage;
  actor: string;
  reason: string;
}

/** Changes the stage and leaves a record of it, in the caller's transaction. */
export async function moveVersion(client: pg.PoolClient, move: Move): Promise<void> {
  const { projectId, model, version, from, to, actor, reason } = move;
  await client.query(
    `WITH moved AS (
       UPDATE model_version SET stage = $4, stage_changed_at = now() WHERE project_id = $1 AND model = $2 AND version = $3
     )
     INSERT INTO stage_transition (project_id, model, version, from_stage, to_stage, actor, reason)
     VALUES ($1, $2, $3, $5, $4, $6, $7)`,
    [projectId, model, version, to, from, actor, reason],
  );
}
