import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { migrate } from './migrate.ts';
import { isOlder, neededVersion } from './schema-versions.ts';

test('versions are compared number by number', () => {
  expect([isOlder('0.9.0', '0.10.0'), isOlder('0.10.0', '0.9.9'), isOlder('1.2.3', '1.2.3')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a needs line without a version is refused, naming the migration', () => {
  expect(() => neededVersion('0009_x.sql', '-- needs soon\nSELECT 1')).toThrow(
    'Migration 0009_x.sql says "-- needs soon": expected a version such as 0.3.0.',
  );
});

describe('of two versions on one database', () => {
  let db: TestDatabase;
  let older: string;
  let newer: string;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());
  beforeEach(async () => {
    await db.pool.query('DROP TABLE IF EXISTS schema_migration, thing');
    [older, newer] = [0, 0].map(() => mkdtempSync(join(tmpdir(), 'churn-migrations-'))) as [string, string];
    for (const dir of [older, newer])
      writeFileSync(join(dir, '0001_thing.sql'), 'CREATE TABLE thing (a int)');
  });
  afterEach(() => {
    for (const dir of [older, newer]) rmSync(dir, { recursive: true, force: true });
  });

  test('the older one starts on what the newer one has added, and changes nothing', async () => {
    writeFileSync(join(newer, '0002_more.sql'), 'ALTER TABLE thing ADD COLUMN b int');
    await migrate(db.pool, newer, undefined, '0.2.0');
    expect(await migrate(db.pool, older, undefined, '0.1.0')).toEqual({ applied: [] });
  });

  test('the older one refuses to start on a schema that lacks what it needs, and says which version to run', async () => {
    writeFileSync(join(newer, '0002_less.sql'), '-- needs 0.3.0\nALTER TABLE thing DROP COLUMN a');
    await migrate(db.pool, newer, undefined, '0.4.0');
    await expect(migrate(db.pool, older, undefined, '0.2.0')).rejects.toThrow(
      'The database has migration 0002_less.sql, after which version 0.2.0 of the software cannot run: run 0.3.0 or newer.',
    );
    expect(await migrate(db.pool, older, undefined, '0.3.0')).toEqual({ applied: [] });
  });

  test('a database of before versions were kept is taken as it is', async () => {
    await db.pool.query(
      'CREATE TABLE schema_migration (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz DEFAULT now())',
    );
    expect(await migrate(db.pool, newer, undefined, '0.2.0')).toEqual({ applied: ['0001_thing.sql'] });
  });
});
