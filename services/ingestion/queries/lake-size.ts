import type { Pool } from 'pg';

/** Segments and events of a project's lake, and the events that wait in the inbox. */
export async function readLakeSize(
  pool: Pool,
  projectId: string,
): Promise<{ segments: number; events: number; inbox_rows: number }> {
  const { rows } = await pool.query<{ segments: number; events: string | number; inbox_rows: number }>(
    `SELECT count(*)::int AS segments, coalesce(sum(rows), 0)::bigint AS events,
       (SELECT count(*)::int FROM event_inbox WHERE project_id = $1) AS inbox_rows
     FROM segment WHERE project_id = $1`,
    [projectId],
  );
  const row = rows[0];
  return { segments: row?.segments ?? 0, events: Number(row?.events ?? 0), inbox_rows: row?.inbox_rows ?? 0 };
}
