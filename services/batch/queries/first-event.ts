import type { Db } from './db.ts';

/**
 * When the first event of a source occurred, in microseconds since 1970; null without events. The project's segments are few, and the inbox holds
 * only what the compactor has not fetched.
 */
export async function firstEventUs(db: Db, projectId: string, source: string): Promise<number | null> {
  const result = await db.query<{ first: number | null }>(
    `SELECT least((SELECT min(min_occurred_us) FROM segment WHERE project_id = $1 AND source = $2),
       (SELECT min(occurred_us) FROM event_inbox WHERE project_id = $1 AND source = $2)) AS first`,
    [projectId, source],
  );
  return result.rows[0]?.first ?? null;
}
