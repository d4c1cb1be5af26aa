import {
  canonicalJson,
  definitionsHash,
  diffProjects,
  type ProjectIr,
  parseProjectIr,
} from '@churn/features';
import { audit, inTransaction } from '@churn/platform';
import type { Pool, PoolClient } from 'pg';

type Db = Pool | PoolClient;

/** Definitions as they were applied. */
export interface DefinitionSet {
  version: number;
  /** SHA-256 (hex) of the canonical JSON of ir. */
  hash: string;
  ir: ProjectIr;
}

/** The newest applied definitions of the project, or null. */
export async function currentDefinitions(db: Db, projectId: string): Promise<DefinitionSet | null> {
  const { rows } = await db.query<DefinitionSet>(
    'SELECT version, hash, ir FROM definition_set WHERE project_id = $1 ORDER BY version DESC LIMIT 1',
    [projectId],
  );
  return parsed(rows[0]);
}

/** The applied definitions of that content, or null. */
export async function definitionsByHash(
  db: Db,
  projectId: string,
  hash: string,
): Promise<DefinitionSet | null> {
  const { rows } = await db.query<DefinitionSet>(
    'SELECT version, hash, ir FROM definition_set WHERE project_id = $1 AND hash = $2 ORDER BY version DESC LIMIT 1',
    [projectId, hash],
  );
  return parsed(rows[0]);
}

function parsed(row: DefinitionSet | undefined): DefinitionSet | null {
  return row === undefined ? null : { ...row, ir: parseProjectIr(row.ir) };
}

/** Projects with applied definitions, by name. */
export async function listProjects(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ project_id: string }>(
    'SELECT DISTINCT project_id FROM definition_set ORDER BY project_id',
  );
  return rows.map((row) => row.project_id);
}

export interface Applied extends DefinitionSet {
  changed: boolean;
  /** One line a change, for people. */
  changes: string[];
}

/**
 * Makes these definitions the project's current ones; the project is created when it is new. Nothing is stored when nothing changed.
 * Throws DefinitionError for changes that would give stored data another meaning. Two appliers at once take turns.
 */
export async function applyDefinitions(pool: Pool, ir: ProjectIr, actor: string): Promise<Applied> {
  const hash = definitionsHash(ir);
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('definitions:' || $1, 0))`, [
      ir.project,
    ]);
    const before = await currentDefinitions(client, ir.project);
    if (before?.hash === hash) return { ...before, changed: false, changes: [] };
    const changes = diffProjects(before?.ir ?? null, ir);
    const version = (before?.version ?? 0) + 1;
    await client.query('INSERT INTO project (project_id) VALUES ($1) ON CONFLICT DO NOTHING', [ir.project]);
    await client.query(
      'INSERT INTO definition_set (project_id, version, hash, ir, applied_by) VALUES ($1, $2, $3, $4, $5)',
      [ir.project, version, hash, canonicalJson(ir), actor],
    );
    await audit(client, {
      projectId: ir.project,
      actor,
      action: 'definitions.apply',
      subject: `version ${version}`,
      detail: { hash, changes },
    });
    return { version, hash, ir, changed: true, changes };
  });
}
