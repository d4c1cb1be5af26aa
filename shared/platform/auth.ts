import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ProjectId, projectId, type Role } from '@churn/contracts';
import type { Pool, PoolClient } from 'pg';
import { BadRequest, Forbidden, NotFound, Unauthenticated, Unavailable } from './errors.ts';
import { within } from './lifecycle.ts';

/** Who asks, for which project, and what they may. */
export interface Principal {
  projectId: ProjectId;
  role: Role;
  /** 'key:<name>' or 'embedded', as the audit log names them. */
  actor: string;
}

export interface Auth {
  /** Throws Unauthenticated, Forbidden or BadRequest. `needed`: the least role. */
  authorize(req: IncomingMessage, needed: Role): Promise<Principal>;
}

/** Roles include those below them; caller and viewer stand beside each other, and everybody above has both. */
const INCLUDES: Record<Role, readonly Role[]> = {
  viewer: ['viewer'],
  caller: ['caller'],
  'data-scientist': ['viewer', 'caller', 'data-scientist'],
  'ml-engineer': ['viewer', 'caller', 'data-scientist', 'ml-engineer'],
  admin: ['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin'],
};

export function mayAct(role: Role, needed: Role): boolean {
  return INCLUDES[role].includes(needed);
}

export interface AuthOptions {
  pool: Pool;
  mode: 'on' | 'off';
  /** Project of requests that name none; only while the mode is off. */
  defaultProject: string | undefined;
  now?: () => number;
  /** How long a key that nobody has seen may take to be looked up; default 5 s. */
  lookupMs?: number;
}

/** How long a revoked key may still work. */
const CACHE_MS = 5_000;
/** How long a key that was good still is while Postgres cannot say: /predict needs Postgres for nothing else. */
const OUTAGE_MS = 5 * 60_000;
/** How long a look-up may take: of a key that nobody has seen, and of one that was known a moment ago. */
const LOOKUP_MS = 5_000;
const PATIENCE_MS = 250;
/** How often it is written down that a key is in use. */
const USED_MS = 60_000;
const CACHE_KEYS = 1_000;

export function createAuth(options: AuthOptions): Auth {
  return options.mode === 'off' ? embeddedAuth(options) : keyAuth(options);
}

function embeddedAuth({ defaultProject }: AuthOptions): Auth {
  return {
    async authorize(req) {
      const named = header(req, 'x-churn-project') ?? defaultProject;
      const parsed = projectId.safeParse(named);
      if (!parsed.success)
        throw new BadRequest(
          'project-missing',
          'The request names no project: send the header X-Churn-Project, or start with CHURN_PROJECT.',
        );
      return { projectId: parsed.data, role: 'admin', actor: 'embedded' };
    },
  };
}

interface Known {
  principal: Principal | null;
  readAt: number;
  /** Not asked again before. */
  until: number;
}

function keyAuth(options: AuthOptions): Auth {
  const find = createKeyReader(options);
  return {
    async authorize(req, needed) {
      const secret = presentedKey(req);
      if (secret === undefined)
        throw new Unauthenticated('key-missing', 'This needs an API key: send Authorization: Bearer <key>.');
      const principal = await find(hashKey(secret).toString('hex'));
      if (principal === null)
        throw new Unauthenticated(
          'key-unknown',
          'The API key is not known or was revoked. Ask an admin for a new one.',
        );
      const named = header(req, 'x-churn-project');
      if (named !== undefined && named !== principal.projectId)
        throw new Forbidden(
          'project-mismatch',
          `The request names the project "${named}", and the key "${principal.actor.slice(4)}" is one of project ${principal.projectId}. Use a key of that project, or name none.`,
        );
      if (!mayAct(principal.role, needed))
        throw new Forbidden(
          'role-insufficient',
          `This needs the role ${needed}; the key "${principal.actor.slice(4)}" has ${principal.role}.`,
        );
      return principal;
    },
  };
}

/** Reads keys by their hash through a cache; requests that ask for one at the same time share a read. */
function createKeyReader({
  pool,
  now = Date.now,
  lookupMs = LOOKUP_MS,
}: AuthOptions): (hash: string) => Promise<Principal | null> {
  const cache = new Map<string, Known>();
  const reading = new Map<string, Promise<Principal | null>>();

  const read = async (hash: string): Promise<Principal | null> => {
    const principal = await readKey(pool, hash);
    if (cache.size >= CACHE_KEYS) cache.clear();
    cache.set(hash, { principal, readAt: now(), until: now() + CACHE_MS });
    return principal;
  };
  const readInTime = async (hash: string): Promise<Principal | null> => {
    const before = cache.get(hash);
    const usable = before !== undefined && now() - before.readAt <= OUTAGE_MS;
    try {
      return await within(usable ? PATIENCE_MS : lookupMs, read(hash), 'looking up an API key');
    } catch {
      if (!usable)
        throw new Unavailable(
          'keys-unavailable',
          'Postgres does not answer, so nobody can say whose the API key is. Try again in a few seconds.',
          3,
        );
      before.until = now() + CACHE_MS;
      return before.principal;
    }
  };
  return (hash) => {
    const known = cache.get(hash);
    if (known !== undefined && known.until > now()) return Promise.resolve(known.principal);
    const shared = reading.get(hash) ?? readInTime(hash).finally(() => reading.delete(hash));
    reading.set(hash, shared);
    return shared;
  };
}

function presentedKey(req: IncomingMessage): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(header(req, 'authorization') ?? '')?.[1];
  return bearer ?? header(req, 'x-api-key');
}

function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Keys have 256 random bits, so one round of SHA-256 is enough to keep them from being read out of the table. */
function hashKey(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

async function readKey(pool: Pool, hash: string): Promise<Principal | null> {
  const { rows } = await pool.query<{ project_id: ProjectId; name: string; role: Role; noted: boolean }>(
    `SELECT project_id, name, role, coalesce(last_used_at > now() - $2 * interval '1 ms', false) AS noted
     FROM api_key WHERE key_hash = decode($1, 'hex') AND revoked_at IS NULL`,
    [hash, USED_MS],
  );
  const [row] = rows;
  if (row === undefined) return null;
  // Nobody waits for it, and where it fails the next read tries again.
  if (!row.noted)
    pool
      .query(`UPDATE api_key SET last_used_at = now() WHERE key_hash = decode($1, 'hex')`, [hash])
      .catch(() => {});
  return { projectId: row.project_id, role: row.role, actor: `key:${row.name}` };
}

export interface ApiKey {
  keyId: string;
  name: string;
  role: Role;
  createdAt: Date;
  revokedAt: Date | null;
}

/** Makes a key; the secret is returned once and only its hash is kept. Throws NotFound when there is no such project. */
export async function createApiKey(
  db: Pool | PoolClient,
  { projectId, name, role }: { projectId: string; name: string; role: Role },
): Promise<{ keyId: string; secret: string }> {
  const secret = `churn_${randomBytes(32).toString('base64url')}`;
  const { rows } = await db.query<{ key_id: string }>(
    `INSERT INTO api_key (project_id, name, key_hash, role)
     SELECT project_id, $2, $3, $4 FROM project WHERE project_id = $1 RETURNING key_id`,
    [projectId, name, hashKey(secret), role],
  );
  const keyId = rows[0]?.key_id;
  if (keyId === undefined)
    throw new NotFound(
      'project-unknown',
      `There is no project "${projectId}": the first \`churn apply\` makes it.`,
    );
  return { keyId, secret };
}

export async function listApiKeys(db: Pool | PoolClient, project: string): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKey>(
    `SELECT key_id AS "keyId", name, role, created_at AS "createdAt", revoked_at AS "revokedAt"
     FROM api_key WHERE project_id = $1 ORDER BY created_at`,
    [project],
  );
  return rows;
}

/** Whether there was such a key to revoke. It may work for 5 s more, from caches. */
export async function revokeApiKey(db: Pool | PoolClient, project: string, keyId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE api_key SET revoked_at = now() WHERE project_id = $1 AND key_id = $2 AND revoked_at IS NULL',
    [project, keyId],
  );
  return rowCount === 1;
}

/** Writes down who did what; inside the transaction of the deed when given its client. */
export async function audit(
  db: Pool | PoolClient,
  entry: {
    projectId: string;
    actor: string;
    action: string;
    subject: string;
    detail?: Record<string, unknown>;
  },
): Promise<void> {
  await db.query(
    'INSERT INTO audit_log (project_id, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)',
    [entry.projectId, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail ?? {})],
  );
}
