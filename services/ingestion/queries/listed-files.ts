import type { Pool } from 'pg';

/** Every file of the project's lake that something refers to, relative to the lake. */
export async function readListedFiles(pool: Pool, projectId: string): Promise<Set<string>> {
  const { rows } = await pool.query<{ path: string }>(
    `SELECT path FROM segment WHERE project_id = $1
     UNION ALL SELECT rejects_path FROM file_import WHERE project_id = $1 AND rejects_path IS NOT NULL`,
    [projectId],
  );
  return new Set(rows.map(({ path }) => path));
}
