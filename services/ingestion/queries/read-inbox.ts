import type { Pool, PoolClient } from 'pg';

export interface InboxEvent {
  position: number;
  source: string;
  eventId: string;
  entityId: string;
  occurredUs: number;
  /** Declared fields as fixed-point integers. */
  fields: Record<string, number>;
}

interface Row {
  position: number | string;
  source: string;
  event_id: string;
  entity_id: string;
  occurred_us: number | string;
  fields: Record<string, number>;
}

/** The project's events after a position, in order, at most `limit`; by the index (project_id, position). */
export async function readInbox(
  db: Pool | PoolClient,
  projectId: string,
  after: number,
  limit: number,
): Promise<InboxEvent[]> {
  const { rows } = await db.query<Row>(
    `SELECT position, source, event_id, entity_id, occurred_us, fields FROM event_inbox
     WHERE project_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
    [projectId, after, limit],
  );
  return rows.map((row) => ({
    position: Number(row.position),
    source: row.source,
    eventId: row.event_id,
    entityId: row.entity_id,
    occurredUs: Number(row.occurred_us),
    fields: row.fields,
  }));
}
