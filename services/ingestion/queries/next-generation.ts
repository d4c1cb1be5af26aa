import type { Pool } from 'pg';

/** A generation that was never used before, also not by a store that was emptied since. */
export async function nextGeneration(pool: Pool, projectId: string, known: number): Promise<number> {
  const { rows } = await pool.query<{ generation: number | string }>(
    `INSERT INTO online_generation (project_id, generation) VALUES ($1, $2::bigint + 1)
     ON CONFLICT (project_id) DO UPDATE SET generation = greatest(online_generation.generation, $2::bigint) + 1
     RETURNING generation`,
    [projectId, known],
  );
  return Number(rows[0]?.generation);
}
