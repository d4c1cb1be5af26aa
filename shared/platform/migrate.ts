import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from './log.ts';
import { isOlder, neededVersion } from './schema-versions.ts';
import { VERSION } from './version.ts';

interface Migration {
  name: string;
  sql: string;
  sha256: string;
  needs: string | null;
}

/** How long one process waits for another's migrations. */
const LOCK_WAIT = '60s';

/**
 * Applies the .sql files of `dir` that are not applied yet, in the order of their names, one transaction each. A session lock makes a second
 * process wait and then find nothing to do. A schema that a newer version has added to is left as it is. Throws when an applied file has
 * changed, and when a newer version has taken away what `version` (default: this software's) needs, naming it.
 */
export async function migrate(
  pool: Pool,
  dir: string,
  log?: Logger,
  version = VERSION,
): Promise<{ applied: string[] }> {
  const files = await readMigrations(dir);
  const client = await pool.connect();
  try {
    await client.query(`SET lock_timeout = '${LOCK_WAIT}'; SET statement_timeout = 0`);
    await client.query(`SELECT pg_advisory_lock(hashtextextended('churn.migrate', 0))`);
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
      name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
      ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS needs text`);
    const { pending, newer } = await compare(client, files, version);
    if (newer.length > 0) log?.info('the schema is that of a newer version', { migrations: newer });
    for (const migration of pending) {
      await apply(client, migration);
      log?.info('migration applied', { migration: migration.name });
    }
    return { applied: pending.map(({ name }) => name) };
  } finally {
    // The settings and the lock are this session's: it does not go back into the pool.
    client.release(true);
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  const odd = names.find((name) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  if (odd !== undefined)
    throw new Error(
      `${odd} in ${dir} would never be applied: name it NNNN_name.sql, in lower case letters, digits and _.`,
    );
  if (names.length === 0) throw new Error(`There are no migrations (NNNN_name.sql) in ${dir}.`);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(dir, name), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      return { name, sql, sha256, needs: neededVersion(name, sql) };
    }),
  );
}

async function compare(
  client: PoolClient,
  files: readonly Migration[],
  version: string,
): Promise<{ pending: Migration[]; newer: string[] }> {
  const { rows } = await client.query<{ name: string; sha256: string; needs: string | null }>(
    'SELECT name, sha256, needs FROM schema_migration ORDER BY name',
  );
  for (const { name, sha256, needs } of rows) {
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined && needs !== null && isOlder(version, needs))
      throw new Error(
        `The database has migration ${name}, after which version ${version} of the software cannot run: run ${needs} or newer.`,
      );
    if (file !== undefined && file.sha256 !== sha256)
      throw new Error(
        `Migration ${name} was changed after it was applied. Restore it, and put the change into a new migration.`,
      );
  }
  return {
    pending: files.filter(({ name }) => !rows.some((row) => row.name === name)),
    newer: rows.map(({ name }) => name).filter((name) => !files.some((file) => file.name === name)),
  };
}

async function apply(client: PoolClient, { name, sql, sha256, needs }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migration (name, sha256, needs) VALUES ($1, $2, $3)', [
      name,
      sha256,
      needs,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Migration ${name} failed, and nothing of it is left: ${reason}`, { cause: error });
  }
}
