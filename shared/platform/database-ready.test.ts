import { createTestDatabase, type TestDatabase } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { databaseReady } from './database-ready.ts';
import { createPool } from './postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** As a process that starts now sees it. */
async function seen() {
  const pool = createPool(db.url, { applicationName: 'ready' });
  try {
    return await databaseReady(pool);
  } finally {
    await pool.end();
  }
}

test('a database is ready once it has every migration; until then the first that is missing is named, and who applies it', async () => {
  expect(await seen()).toEqual({ ok: true, checks: { postgres: 'ok' } });
  await db.pool.query(`DELETE FROM schema_migration WHERE name >= '0006'`);
  expect(await seen()).toEqual({
    ok: false,
    checks: {
      postgres: expect.stringMatching(/^lacks the migration 0006_\w+\.sql and \d+ more: control applies/),
    },
  });
  await db.pool.query('DROP TABLE schema_migration');
  expect(await seen()).toMatchObject({ ok: false, checks: { postgres: expect.stringContaining('0001_') } });
});
