import type { Pool } from 'pg';

/**
 * A generation that was never used before, also not by a store that was emptied since: the number is Postgres's. It is above `above`, for a
 * store that has served another database.
 */
export async function nextGeneration(pool: Pool, above: number): Promise<number> {
  const { rows } = await pool.query<{ generation: number | string }>(
    `SELECT CASE WHEN next > $1 THEN next ELSE setval('online_generation', $1 + 1) END AS generation
     FROM (SELECT nextval('online_generation') AS next OFFSET 0) AS taken`,
    [above],
  );
  return Number(rows[0]?.generation);
}
