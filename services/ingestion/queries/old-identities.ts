import type { Pool, PoolClient } from 'pg';

/** The partitions of event_identity, as SQL names them. */
export async function identityPartitions(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ partition: string }>(
    `SELECT inhrelid::regclass::text AS partition FROM pg_inherits WHERE inhparent = 'event_identity'::regclass ORDER BY 1`,
  );
  return rows.map(({ partition }) => partition);
}

/**
 * Removes at most `limit` identities of a partition that were recorded before the day and before the horizon of their source, and whose event
 * is in no inbox any more; returns how many. By the index on source and day, one source after the other (LIMIT keeps Postgres from joining, which
 * would read those of sources that have no horizon too); locks only the rows it removes.
 */
export async function removeOldIdentities(
  db: Pool | PoolClient,
  partition: string,
  before: string,
  limit: number,
): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM ${partition} WHERE ctid = ANY(ARRAY(
       SELECT old.id FROM event_horizon h, LATERAL (
         SELECT i.ctid AS id FROM ${partition} i
         WHERE i.project_id || '/' || i.source = h.project_id || '/' || h.source AND i.recorded_day < least($1::date, h.kept_since)
           AND NOT EXISTS (SELECT FROM event_inbox e WHERE e.position = i.position)
         LIMIT $2) AS old
       LIMIT $2))`,
    [before, limit],
  );
  return rowCount ?? 0;
}

/** The first day (UTC) of which there are identities: ms since 1970; null while there are none. */
export async function oldestIdentity(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(first)) * 1000)::float8 AS ms FROM (SELECT DISTINCT project_id, source FROM segment) AS s,
       LATERAL (SELECT min(recorded_day) AS first FROM event_identity i WHERE i.project_id || '/' || i.source = s.project_id || '/' || s.source) AS oldest`,
  );
  return rows[0]?.ms ?? null;
}
