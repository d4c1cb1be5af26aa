import type { Pool } from 'pg';

/** A generation that was never used before, also not by a store that was emptied since: the number is Postgres's. */
export async function nextGeneration(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ generation: number | string }>(
    `SELECT nextval('online_generation') AS generation`,
  );
  return Number(rows[0]?.generation);
}
