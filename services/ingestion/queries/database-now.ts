import type { Pool } from 'pg';

/** The database's clock: milliseconds since 1970. */
export async function readDatabaseNow(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('Postgres gave no time.');
  return row.ms;
}
