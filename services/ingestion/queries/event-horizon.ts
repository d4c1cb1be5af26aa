import { inTransaction } from '@churn/platform';
import type { Pool, PoolClient } from 'pg';

/** Of each source of the project that has a horizon, the first instant of which events are taken: microseconds since 1970. */
export async function readHorizons(db: Pool | PoolClient, projectId: string): Promise<Map<string, number>> {
  const { rows } = await db.query<{ source: string; us: number }>(
    'SELECT source, event_horizon_us(project_id, source) AS us FROM event_horizon WHERE project_id = $1',
    [projectId],
  );
  return new Map(rows.map(({ source, us }) => [source, us]));
}

/**
 * Says of every source that has identities recorded before that day (UTC) that they may go; never takes a day back. It does so under the
 * lock that orders positions: who stores events after it has seen the new horizon, so removal may begin once this has returned.
 */
export async function advanceHorizon(pool: Pool, keptSince: string): Promise<void> {
  // A look into the index a source, and those stand in the list of segments; the lock is taken only on the one day that something moves.
  const { rows } = await pool.query<{ project_id: string; source: string }>(
    `SELECT s.project_id, s.source FROM (SELECT DISTINCT project_id, source FROM segment) AS s
     LEFT JOIN event_horizon h ON h.project_id = s.project_id AND h.source = s.source,
     LATERAL (
       SELECT FROM event_identity i WHERE i.project_id || '/' || i.source = s.project_id || '/' || s.source AND i.recorded_day < $1::date LIMIT 1) AS old
     WHERE h.kept_since IS NULL OR h.kept_since < $1::date`,
    [keptSince],
  );
  if (rows.length === 0) return;
  await inTransaction(pool, async (client) => {
    await client.query('SELECT lock_event_position()');
    await client.query(
      `INSERT INTO event_horizon (project_id, source, kept_since) SELECT *, $3::date FROM unnest($1::text[], $2::text[])
       ON CONFLICT (project_id, source) DO UPDATE SET kept_since = greatest(event_horizon.kept_since, excluded.kept_since)`,
      [rows.map((row) => row.project_id), rows.map((row) => row.source), keptSince],
    );
  });
}
