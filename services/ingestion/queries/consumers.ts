import type { Pool, PoolClient } from 'pg';

export type Consumer = 'projector' | 'compactor';

/** The position up to which a reader of the project's inbox has come. */
export async function readCheckpoint(
  db: Pool | PoolClient,
  projectId: string,
  consumer: Consumer,
): Promise<number> {
  const { rows } = await db.query<{ position: number | string }>(
    'SELECT position FROM inbox_consumer WHERE project_id = $1 AND consumer = $2',
    [projectId, consumer],
  );
  return Number(rows[0]?.position ?? 0);
}

/** Moves a reader on, never back. */
export async function saveCheckpoint(
  db: Pool | PoolClient,
  projectId: string,
  consumer: Consumer,
  position: number,
): Promise<void> {
  await db.query(
    `INSERT INTO inbox_consumer (project_id, consumer, position) VALUES ($1, $2, $3)
     ON CONFLICT (project_id, consumer) DO UPDATE SET position = greatest(inbox_consumer.position, excluded.position), updated_at = now()`,
    [projectId, consumer, position],
  );
}

/** Moves a reader on if it still stands at `from`; says whether it did. Its row is locked until the transaction ends. */
export async function advanceCheckpoint(
  client: PoolClient,
  projectId: string,
  consumer: Consumer,
  from: number,
  position: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO inbox_consumer (project_id, consumer, position) VALUES ($1, $2, $4)
     ON CONFLICT (project_id, consumer) DO UPDATE SET position = excluded.position, updated_at = now()
     WHERE inbox_consumer.position = $3`,
    [projectId, consumer, from, position],
  );
  return rowCount === 1;
}

/** Moves a reader back, never on. */
export async function lowerCheckpoint(
  db: Pool | PoolClient,
  projectId: string,
  consumer: Consumer,
  position: number,
): Promise<void> {
  await db.query(
    `UPDATE inbox_consumer SET position = $3, updated_at = now()
     WHERE project_id = $1 AND consumer = $2 AND position > $3`,
    [projectId, consumer, position],
  );
}

/** The clock of knowledge: every event up to it is visible. */
export async function currentPosition(db: Pool | PoolClient): Promise<number> {
  const { rows } = await db.query<{ position: number | string }>(
    'SELECT current_event_position() AS position',
  );
  return Number(rows[0]?.position ?? 0);
}

/** Forgets inbox rows that both readers are past. */
export async function deleteConsumed(db: Pool | PoolClient, projectId: string): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM event_inbox WHERE project_id = $1 AND position <= (
       SELECT CASE WHEN count(*) = 2 THEN min(position) ELSE 0 END FROM inbox_consumer WHERE project_id = $1)`,
    [projectId],
  );
  return rowCount ?? 0;
}
