import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase, testFolder } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { migrate } from './migrate.ts';
import { createPool } from './postgres.ts';
import { capturedLog } from './testing/captured-log.ts';
import { type Child, runChild } from './testing/child.ts';

let database: TestDatabase;
let dir: string;
const children: Child[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  dir = testFolder('migrate');
  add('0001_things.sql', 'CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)');
  add('0002_name.sql', 'ALTER TABLE thing ADD COLUMN name text');
});
afterEach(async () => {
  rmSync(dir, { recursive: true });
  for (const { process, ended } of children.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
});
afterAll(() => database.drop());

const add = (name: string, sql: string) => writeFileSync(join(dir, name), sql);

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

test('migrations are applied in the order of their numbers, once, and each is logged', async () => {
  const { log, lines } = capturedLog();
  expect(await migrate(database.pool, dir, log)).toEqual({ applied: ['0001_things.sql', '0002_name.sql'] });
  expect(lines.map(({ migration }) => migration)).toEqual(['0001_things.sql', '0002_name.sql']);
  add('0010_later.sql', 'CREATE TABLE later ()');
  expect(await migrate(database.pool, dir)).toEqual({ applied: ['0010_later.sql'] });
  expect(await migrate(database.pool, dir)).toEqual({ applied: [] });
});

test('two processes at once on an empty database apply each once, and both go on', async () => {
  for (let i = 0; i < 2; i++)
    children.push(
      runChild(`
        import { createPool } from 'PLATFORM/postgres.ts';
        import { migrate } from 'PLATFORM/migrate.ts';
        const pool = createPool('${database.url}', { applicationName: 'test' });
        await pool.query('SELECT 1');
        const begin = new Promise((resolve) => process.once('message', resolve));
        process.send('connected');
        await begin;
        process.send((await migrate(pool, '${dir}')).applied);
        await pool.end();
        process.disconnect();`),
    );
  await Promise.all(children.map((child) => child.message()));
  const applied = children.map((child) => child.message());
  for (const { process } of children) process.send('begin');
  expect((await Promise.all(applied)).flat()).toEqual(['0001_things.sql', '0002_name.sql']);
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
  expect((await database.pool.query('SELECT id FROM thing')).rows).toEqual([{ id: 1 }]);
});

test('a migration that was changed after it was applied is refused by name, and nothing else is applied', async () => {
  await migrate(database.pool, dir);
  add('0001_things.sql', 'CREATE TABLE thing (id bigint)');
  add('0003_more.sql', 'CREATE TABLE more ()');
  await expect(migrate(database.pool, dir)).rejects.toThrow(
    'Migration 0001_things.sql was changed after it was applied. Restore it, and put the change into a new migration.',
  );
  expect(await tables()).toEqual(['schema_migration', 'thing']);
});

test('a migration that fails leaves nothing of itself, keeps those before it, and is named', async () => {
  add('0003_half.sql', 'CREATE TABLE half (); INSERT INTO thing VALUES (2); SELECT 1 / 0');
  add('0004_after.sql', 'CREATE TABLE after ()');
  await expect(migrate(database.pool, dir)).rejects.toThrow(
    'Migration 0003_half.sql failed, and nothing of it is left: division by zero',
  );
  expect(await tables()).toEqual(['schema_migration', 'thing']);
  expect((await database.pool.query('SELECT id FROM thing')).rows).toEqual([{ id: 1 }]);
  add('0003_half.sql', 'CREATE TABLE half ()');
  expect(await migrate(database.pool, dir)).toEqual({ applied: ['0003_half.sql', '0004_after.sql'] });
});

test('a folder without migrations, and a file that would be passed over, are refused by name', async () => {
  add('3_short.sql', 'SELECT 1');
  await expect(migrate(database.pool, dir)).rejects.toThrow(
    `3_short.sql in ${dir} would never be applied: name it NNNN_name.sql, in lower case letters, digits and _.`,
  );
  const empty = mkdtempSync(join(dir, 'empty-'));
  await expect(migrate(database.pool, empty)).rejects.toThrow(
    `There are no migrations (NNNN_name.sql) in ${empty}.`,
  );
});

test('the lock and the time limits of a migration do not stay with the pool', async () => {
  const pool = createPool(database.url, { applicationName: 'test', max: 1 });
  await migrate(pool, dir);
  const { rows } = await pool.query(
    `SELECT current_setting('statement_timeout') AS limit, (SELECT count(*)::int FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND datname = current_database()) AS locks`,
  );
  expect(rows).toEqual([{ limit: '30s', locks: 0 }]);
  await pool.end();
});
