import type { ApplyResult } from '@churn/contracts';
import {
  type AppliedBefore,
  DefinitionError,
  definitionsHash,
  diffProjects,
  listed,
  type ProjectIr,
  parseProjectIr,
  requireCompatible,
} from '@churn/features';
import { audit, InvalidInput, inTransaction, NotFound } from '@churn/platform';
import type pg from 'pg';

export interface DefinitionSet {
  version: number;
  /** SHA-256 (hex) of the canonical JSON. */
  hash: string;
  ir: ProjectIr;
}

export interface ApplyRequest {
  /** The project that the caller may change; definitions of another are refused. */
  projectId: string;
  ir: unknown;
  actor: string;
  /** Make the project when there is none; else NotFound. */
  createProject: boolean;
}

type Db = pg.Pool | pg.PoolClient;

/** The definitions that hold now; null before the first `churn apply`. */
export async function currentDefinitions(db: Db, projectId: string): Promise<DefinitionSet | null> {
  const { rows } = await db.query<StoredSet>(
    `SELECT version, hash, CASE WHEN hash = ANY ($2) THEN NULL ELSE ir END AS ir
     FROM definition_set WHERE project_id = $1 ORDER BY version DESC LIMIT 1`,
    [projectId, [...parsed.keys()]],
  );
  return rows[0] === undefined ? null : parseSet(rows[0]);
}

interface StoredSet {
  version: number;
  hash: string;
  /** null: it is among those parsed already. */
  ir: unknown;
}

/** Definitions by their hash, which says all of them: each is fetched and checked once a process. */
const parsed = new Map<string, ProjectIr>();
const MOST_PARSED = 64;

function parseSet({ version, hash, ir: stored }: StoredSet): DefinitionSet {
  const ir = parsed.get(hash) ?? parseProjectIr(stored);
  if (!parsed.has(hash) && parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(hash, ir);
  return { version, hash, ir };
}

/** The newest set of definitions with that hash; null when the catalog has none. */
export async function definitionsByHash(
  db: Db,
  projectId: string,
  hash: string,
): Promise<DefinitionSet | null> {
  const { rows } = await db.query<StoredSet>(
    'SELECT version, hash, ir FROM definition_set WHERE project_id = $1 AND hash = $2 ORDER BY version DESC LIMIT 1',
    [projectId, hash],
  );
  return rows[0] === undefined ? null : parseSet(rows[0]);
}

/** The ids of all projects. */
export async function listProjects(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ project_id: string }>(
    'SELECT project_id FROM project ORDER BY project_id',
  );
  return rows.map((row) => row.project_id);
}

/** Throws NotFound, with those that there are, for a project that is none: while authentication is off a request may name any. */
export async function requireProject(db: Db, projectId: string): Promise<void> {
  const known = await listProjects(db);
  if (known.includes(projectId)) return;
  const others = known.length === 0 ? 'none yet' : listed(known);
  throw new NotFound(
    'project-unknown',
    `There is no project "${projectId}" (there is ${others}). Name one of those, or make it: churn apply.`,
  );
}

/**
 * Makes definitions current, as the next version; equal ones change nothing. Throws InvalidInput (422) with every fault of the
 * definitions or of the change, NotFound when the project does not exist and may not be made.
 */
export async function applyDefinitions(pool: pg.Pool, request: ApplyRequest): Promise<ApplyResult> {
  const { projectId, actor } = request;
  const ir = asInvalidInput(() => parseProjectIr(request.ir));
  if (ir.project !== projectId) {
    throw new InvalidInput(
      'project-mismatch',
      `These definitions are of project "${ir.project}", but the request is for "${projectId}". Use a key of ${ir.project}, or (with authentication off) send X-Churn-Project: ${ir.project}.`,
    );
  }
  return inTransaction(pool, async (client) => {
    await lockProject(client, request);
    const current = await currentDefinitions(client, projectId);
    const hash = definitionsHash(ir);
    if (current?.hash === hash) {
      return { project: projectId, version: current.version, hash, changed: false, changes: [] };
    }
    const before = await appliedBefore(client, projectId);
    asInvalidInput(() => requireCompatible(before, ir));
    const changes = diffProjects(current?.ir ?? null, ir);
    const version = (current?.version ?? 0) + 1;
    await client.query(
      'INSERT INTO definition_set (project_id, version, hash, ir, applied_by) VALUES ($1, $2, $3, $4, $5)',
      [projectId, version, hash, JSON.stringify(ir), actor],
    );
    const detail = { hash, changes };
    await audit(client, {
      projectId,
      actor,
      action: 'definitions.apply',
      subject: `version ${version}`,
      detail,
    });
    return { project: projectId, version, hash, changed: true, changes };
  });
}

/** Each differing view and source of all the project's definitions, the removed ones too. */
async function appliedBefore(client: pg.PoolClient, projectId: string): Promise<AppliedBefore> {
  const every = async <Thing>(part: 'views' | 'sources') => {
    const { rows } = await client.query<{ thing: Thing }>(
      'SELECT DISTINCT thing FROM definition_set, jsonb_array_elements(ir -> $2) AS thing WHERE project_id = $1',
      [projectId, part],
    );
    return rows.map(({ thing }) => thing);
  };
  return { views: await every('views'), sources: await every('sources') };
}

async function lockProject(client: pg.PoolClient, request: ApplyRequest): Promise<void> {
  const { projectId } = request;
  if (request.createProject) {
    await client.query('INSERT INTO project (project_id) VALUES ($1) ON CONFLICT DO NOTHING', [projectId]);
  }
  const { rowCount } = await client.query('SELECT 1 FROM project WHERE project_id = $1 FOR NO KEY UPDATE', [
    projectId,
  ]);
  if (rowCount === 1) return;
  throw new NotFound('project-unknown', `There is no project "${projectId}". An admin can make it.`);
}

function asInvalidInput<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new InvalidInput('definitions-invalid', error.message, {
      errors: error.faults.map((reason) => ({ reason })),
    });
  }
}
