import type { Pool } from 'pg';

/** Every model of every project's current definitions, with its version in Production; null: none is. */
export async function productionVersions(
  pool: Pool,
): Promise<{ project: string; model: string; version: number | null }[]> {
  const { rows } = await pool.query<{ project: string; model: string; version: number | null }>(
    `SELECT d.project_id AS project, m ->> 'name' AS model, v.version
     FROM (SELECT DISTINCT ON (project_id) project_id, ir FROM definition_set ORDER BY project_id, version DESC) d
     CROSS JOIN jsonb_array_elements(d.ir -> 'models') m
     LEFT JOIN model_version v ON v.project_id = d.project_id AND v.model = m ->> 'name' AND v.stage = 'Production'
     ORDER BY 1, 2`,
  );
  return rows;
}
