import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');
const NO_SUCH_TABLE = '42P01';

/** Pools whose schema was found complete: it never goes back. */
const complete = new WeakSet<Pool>();

/** Whether Postgres answers and has every migration that this version of the software was written for. Throws when it does not answer. */
export async function databaseReady(pool: Pool): Promise<{ ok: boolean; checks: { postgres: string } }> {
  if (complete.has(pool)) {
    await pool.query('SELECT 1');
    return { ok: true, checks: { postgres: 'ok' } };
  }
  const missing = await missingMigrations(pool);
  if (missing.length === 0) {
    complete.add(pool);
    return { ok: true, checks: { postgres: 'ok' } };
  }
  const [first = ''] = missing;
  const more = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  return {
    ok: false,
    checks: { postgres: `lacks the migration ${first}${more}: control applies them when it starts` },
  };
}

async function missingMigrations(pool: Pool): Promise<string[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  const applied = await pool.query<{ name: string }>('SELECT name FROM schema_migration').then(
    ({ rows }) => new Set(rows.map(({ name }) => name)),
    (error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === NO_SUCH_TABLE)
        return new Set<string>();
      throw error;
    },
  );
  return names.filter((name) => !applied.has(name));
}
