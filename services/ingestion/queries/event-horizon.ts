import { inTransaction } from '@churn/platform';
import type { Pool, PoolClient } from 'pg';

/** The first instant of which events of the source are taken, microseconds since 1970; null while all are. */
export async function readHorizon(
  db: Pool | PoolClient,
  projectId: string,
  source: string,
): Promise<number | null> {
  const { rows } = await db.query<{ us: number | null }>('SELECT event_horizon_us($1, $2) AS us', [
    projectId,
    source,
  ]);
  return rows[0]?.us ?? null;
}

/**
 * Says of every source that had events before that day (UTC) that identities recorded before it may go; never takes a day back. It does so under the
 * lock that orders positions: who stores events after it has seen the new horizon, so removal may begin once this has returned.
 */
export async function advanceHorizon(pool: Pool, keptSince: string): Promise<void> {
  // By a scan of the list of segments, which is short; the lock is taken only on the one day that something moves.
  const { rows } = await pool.query<{ project_id: string; source: string }>(
    `SELECT project_id, source FROM
       (SELECT project_id, source FROM segment GROUP BY project_id, source HAVING min(created_at) < ($1::date)::timestamp AT TIME ZONE 'UTC') AS old
     LEFT JOIN event_horizon USING (project_id, source) WHERE kept_since IS NULL OR kept_since < $1::date`,
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
