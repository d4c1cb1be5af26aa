import type { Pool } from 'pg';

export interface InboxState {
  project: string;
  /** Events that no segment holds yet, and since when the oldest of them waits. */
  uncompacted: number;
  oldest: Date | null;
  /** Events that online features do not show yet. */
  unprojected: number;
}

/** How far the readers of each project's inbox are; the inbox is short, and the positions are its key. */
export async function readInboxState(pool: Pool): Promise<InboxState[]> {
  const { rows } = await pool.query<InboxState>(
    `SELECT p.project_id AS project,
       (count(*) FILTER (WHERE i.position > coalesce(c.position, 0)))::int AS uncompacted,
       min(i.received_at) FILTER (WHERE i.position > coalesce(c.position, 0)) AS oldest,
       (count(*) FILTER (WHERE i.position > coalesce(j.position, 0)))::int AS unprojected
     FROM project p
     LEFT JOIN inbox_consumer c ON c.project_id = p.project_id AND c.consumer = 'compactor'
     LEFT JOIN inbox_consumer j ON j.project_id = p.project_id AND j.consumer = 'projector'
     LEFT JOIN event_inbox i ON i.project_id = p.project_id
     GROUP BY p.project_id`,
  );
  return rows;
}
