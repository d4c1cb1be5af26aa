import type { ImportResult, RowError } from '@churn/contracts';
import type { Pool, PoolClient } from 'pg';

export interface FileImport {
  import_id: string;
  source: string;
  file_name: string;
  rows_read: number;
  rows_imported: number;
  rows_rejected: number;
  rows_repeated: number;
  shift_days: number;
  as_of_us: number | null;
  min_occurred_us: number | null;
  max_occurred_us: number | null;
  errors: RowError[];
  rejects_path: string | null;
}

const COLUMNS = `import_id, source, file_name, rows_read::int, rows_imported::int, rows_rejected::int, rows_repeated::int, shift_days,
  as_of_us::float8, min_occurred_us::float8, max_occurred_us::float8, errors, rejects_path`;

/** What makes an import the same: the content, and as of when it holds, since a table may not change for months. */
export interface FileIdentity {
  projectId: string;
  source: string;
  sha256: string;
  /** null where the rows have times of their own. */
  asOfUs: number | null;
}

/** The same import, if there was one. One whose rows were all rejected is none: the definitions may know them by now. */
export async function findImport(
  db: Pool | PoolClient,
  { projectId, source, sha256, asOfUs }: FileIdentity,
): Promise<FileImport | null> {
  const { rows } = await db.query<FileImport>(
    `SELECT ${COLUMNS} FROM file_import
     WHERE project_id = $1 AND source = $2 AND file_sha256 = $3 AND coalesce(as_of_us, -1) = coalesce($4::bigint, -1)
       AND rows_rejected < rows_read`,
    [projectId, source, sha256, asOfUs],
  );
  return rows[0] ?? null;
}

export async function findImportById(
  db: Pool | PoolClient,
  projectId: string,
  importId: string,
): Promise<FileImport | null> {
  const { rows } = await db.query<FileImport>(
    `SELECT ${COLUMNS} FROM file_import WHERE project_id = $1 AND import_id = $2`,
    [projectId, importId],
  );
  return rows[0] ?? null;
}

/** The last position that a file's rows have taken; 0 before the first import. */
export async function lastImportPosition(db: Pool | PoolClient, projectId: string): Promise<number> {
  const { rows } = await db.query<{ position: number | string }>(
    'SELECT coalesce(max(position_to), 0) AS position FROM file_import WHERE project_id = $1',
    [projectId],
  );
  return Number(rows[0]?.position ?? 0);
}

/** Whole days by which the source's first import was shifted; null before the first. */
export async function findShift(
  db: Pool | PoolClient,
  projectId: string,
  source: string,
): Promise<number | null> {
  const { rows } = await db.query<{ shift_days: number }>(
    'SELECT shift_days FROM file_import WHERE project_id = $1 AND source = $2 AND rows_rejected < rows_read ORDER BY imported_at LIMIT 1',
    [projectId, source],
  );
  return rows[0]?.shift_days ?? null;
}

export interface NewImport extends Omit<FileImport, 'errors' | 'as_of_us'>, FileIdentity {
  errors: readonly RowError[];
  positionFrom: number | null;
  positionTo: number | null;
}

export async function insertImport(client: PoolClient, made: NewImport): Promise<void> {
  await client.query(
    `DELETE FROM file_import
     WHERE project_id = $1 AND source = $2 AND file_sha256 = $3 AND coalesce(as_of_us, -1) = coalesce($4::bigint, -1)
       AND rows_rejected = rows_read`,
    [made.projectId, made.source, made.sha256, made.asOfUs],
  );
  await client.query(
    `INSERT INTO file_import (import_id, project_id, source, file_name, file_sha256, rows_read, rows_imported, rows_rejected, rows_repeated,
       shift_days, as_of_us, position_from, position_to, min_occurred_us, max_occurred_us, errors, rejects_path)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      made.import_id,
      made.projectId,
      made.source,
      made.file_name,
      made.sha256,
      made.rows_read,
      made.rows_imported,
      made.rows_rejected,
      made.rows_repeated,
      made.shift_days,
      made.asOfUs,
      made.positionFrom,
      made.positionTo,
      made.min_occurred_us,
      made.max_occurred_us,
      JSON.stringify(made.errors),
      made.rejects_path,
    ],
  );
}

/** Waits, at most 10 minutes, until no other transaction imports this very file. */
export async function lockFile(
  client: PoolClient,
  { projectId, source, sha256, asOfUs }: FileIdentity,
): Promise<void> {
  await client.query(`SET LOCAL statement_timeout = '10min'`);
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `import:${projectId}:${source}:${sha256}:${asOfUs ?? ''}`,
  ]);
}

/** Takes positions in a row, under the lock that orders them. Nothing slow may follow in the transaction. */
export async function reservePositions(client: PoolClient, count: number): Promise<number> {
  const { rows } = await client.query<{ first: number | string }>(
    'SELECT reserve_event_positions($1) AS first',
    [count],
  );
  return Number(rows[0]?.first);
}

/** The import as the interface shows it. */
export function importAnswer(found: FileImport, segments: number, alreadyImported: boolean): ImportResult {
  const iso = (us: number | null) => (us === null ? null : new Date(us / 1000).toISOString());
  const { min_occurred_us, max_occurred_us, as_of_us, rejects_path, errors, ...rest } = found;
  return {
    ...rest,
    already_imported: alreadyImported,
    segments,
    as_of: iso(as_of_us),
    first_occurred_at: iso(min_occurred_us),
    last_occurred_at: iso(max_occurred_us),
    errors,
    rejects: rejects_path === null ? null : `/imports/${found.import_id}/rejects`,
  };
}
