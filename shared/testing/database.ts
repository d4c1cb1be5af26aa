import { randomBytes } from 'node:crypto';
import { createPool } from '@churn/platform';
import type pg from 'pg';
import { createDatabase, databaseUrl, dropDatabase } from './databases.ts';

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Ends the pool, closes every other connection and drops the database. */
  drop(): Promise<void>;
}

/** A database of its own with every migration applied, on the run's server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = setting('TEST_POSTGRES_URL');
  const name = `churn_test_${randomBytes(6).toString('hex')}`;
  await createDatabase(server, name, setting('TEST_POSTGRES_TEMPLATE'));
  const url = databaseUrl(server, name);
  const pool = createPool(url, { applicationName: 'churn-test' });
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      await dropDatabase(server, name);
    },
  };
}

function setting(name: 'TEST_POSTGRES_URL' | 'TEST_POSTGRES_TEMPLATE'): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(
      `${name} is not set: run tests with Jest from the repository's root, so that its global setup runs.`,
    );
  return value;
}
