import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { neededVersion } from '../../shared/platform/schema-versions.ts';
import { moreThanAdds } from './more-than-adds.ts';

const MIGRATIONS = resolve(import.meta.dirname, '../../migrations');
/** The version that began to promise this has them all: none before lacks them. They are applied, so no line can be put into them. */
const BEFORE_THE_PROMISE = /^(000\d|0010)_/;
const read = (name: string) => readFileSync(join(MIGRATIONS, name), 'utf8');

describe('a migration of this repository', () => {
  const names = readdirSync(MIGRATIONS).filter((name) => !BEFORE_THE_PROMISE.test(name));

  test.each(names)(
    '%s only adds, or says from which version on it holds or why the one before lives with it',
    async (name) => {
      const unsaid = neededVersion(name, read(name)) === null ? await moreThanAdds(read(name)) : [];
      expect(unsaid).toEqual([]);
    },
  );

  test('0007 would have to say so, had anything been promised before', async () => {
    expect(await moreThanAdds(read('0007_drift_statistics.sql'))).toEqual([
      expect.stringMatching(/^ALTER TABLE drift_result DROP COLUMN psi/),
    ]);
  });
});

describe('more than adds', () => {
  test.each([
    'ALTER TABLE a ADD COLUMN b text NOT NULL',
    'ALTER TABLE file_import ADD COLUMN price numeric(10,2) NOT NULL',
    'ALTER TABLE training_run ADD "channel" text NOT NULL',
    'ALTER TABLE api_key ADD channel text NOT NULL',
    'ALTER TABLE a ADD b text, ADD c text NOT NULL, ADD d text DEFAULT 1',
    'ALTER TABLE a ADD b text NOT NULL DEFAULT NULL',
    'ALTER TABLE a ADD b text NOT NULL DEFAULT NULL::text',
    "ALTER TABLE a ADD b text NOT NULL CHECK (b <> ' DEFAULT ')",
    'ALTER TABLE a ADD b text NOT NULL -- DEFAULT 0',
    'ALTER TABLE a ADD b int CHECK (b > c)',
    'ALTER TABLE a ADD b int DEFAULT 0 UNIQUE',
    'ALTER TABLE a ADD b int REFERENCES c',
    'ALTER TABLE a ADD b int GENERATED ALWAYS AS (1 / c) STORED',
    'ALTER TABLE training_run DROP error',
    'ALTER TABLE a DROP COLUMN b',
    'ALTER TABLE a DROP CONSTRAINT b',
    'ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0)',
    'ALTER TABLE a ADD CHECK (c > 0) NOT VALID',
    'ALTER TABLE a ADD UNIQUE (b)',
    'ALTER TABLE a ADD PRIMARY KEY (b)',
    'ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c',
    'ALTER TABLE a ALTER b SET NOT NULL',
    'ALTER TABLE a ALTER b DROP NOT NULL',
    'ALTER TABLE a ALTER b SET DEFAULT 1',
    'ALTER TABLE a ALTER COLUMN b DROP DEFAULT',
    'ALTER TABLE a ALTER COLUMN b TYPE bigint',
    'ALTER TABLE a ALTER "b" SET DATA TYPE bigint',
    'ALTER TABLE a RENAME COLUMN b TO c',
    'ALTER TABLE a RENAME TO b',
    'ALTER TABLE a ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)',
    'ALTER TABLE a DETACH PARTITION b',
    'ALTER TYPE a ADD ATTRIBUTE b int',
    "ALTER TYPE a ADD VALUE 'b'",
    'ALTER SEQUENCE a RESTART',
    'CREATE UNIQUE INDEX ON a (b)',
    'CREATE INDEX ON a ((b::int))',
    'CREATE INDEX ON a (b) WHERE 1 / c > 0',
    'CREATE TABLE a PARTITION OF b FOR VALUES IN (1)',
    'CREATE TABLE a () INHERITS (b)',
    'CREATE TABLE a (b text REFERENCES c)',
    'CREATE TABLE a (b text, FOREIGN KEY (b) REFERENCES c ON DELETE RESTRICT)',
    'CREATE TABLE IF NOT EXISTS a (b int); ALTER TABLE a ADD c int NOT NULL',
    'CREATE TABLE a (b int); ALTER TABLE other.a ADD c int NOT NULL',
    'CREATE TABLE a (b int); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c',
    'CREATE TABLE a (b int) PARTITION BY LIST (b); ALTER TABLE a ATTACH PARTITION c FOR VALUES IN (1)',
    'CREATE TABLE a (b int); ALTER TABLE a INHERIT c',
    'CREATE TABLE a (b int); WITH c AS (DELETE FROM d RETURNING b) INSERT INTO a SELECT b FROM c',
    'CREATE TABLE "A" (b int); CREATE UNIQUE INDEX ON a (b)',
    'CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION c()',
    'CREATE RULE a AS ON INSERT TO b DO INSTEAD NOTHING',
    'CREATE POLICY a ON b',
    'CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE OR REPLACE VIEW a AS SELECT 1',
    'CREATE EXTENSION a',
    'DROP TABLE a',
    'DROP INDEX a',
    'DROP SEQUENCE a',
    'DROP FUNCTION a',
    'DROP VIEW a',
    'DROP TYPE a',
    'DROP TRIGGER a ON b',
    'DROP SCHEMA a',
    'REVOKE SELECT ON a FROM b',
    'TRUNCATE a',
    'DELETE FROM a',
    'INSERT INTO a VALUES (1)',
    'UPDATE a SET b = 1',
    'ALTER TABLE a ADD b int; UPDATE a SET b = 1, c = 2',
    'ALTER TABLE a ADD b int; UPDATE d SET b = 1',
    'ALTER TABLE a ADD b int; WITH c AS (DELETE FROM d RETURNING e) UPDATE a SET b = e FROM c',
    'ALTER TABLE a ADD IF NOT EXISTS b int; UPDATE a SET b = 1',
    "SELECT setval('a', 1)",
    'SET search_path = b',
    'DO $$ BEGIN END $$',
    'COMMIT',
  ])('%s', async (sql) => {
    expect(await moreThanAdds(sql)).toHaveLength(1);
  });
});

describe('only adds', () => {
  test.each([
    "CREATE TABLE a (b text NOT NULL UNIQUE CHECK (b > ''), c int)",
    'CREATE TABLE IF NOT EXISTS a (b text)',
    'CREATE TABLE a (b text REFERENCES c ON DELETE CASCADE, d int REFERENCES e ON DELETE SET NULL)',
    'CREATE TABLE a (b int PRIMARY KEY, c int REFERENCES a); CREATE TABLE d (b int, FOREIGN KEY (b) REFERENCES a)',
    'CREATE TABLE a (b int) PARTITION BY LIST (b); CREATE TABLE c PARTITION OF a FOR VALUES IN (1)',
    'CREATE INDEX ON a (b, c DESC)',
    'CREATE TABLE a (b int); CREATE UNIQUE INDEX ON a ((b + 1)) WHERE b > 0',
    'ALTER TABLE a ADD COLUMN b numeric(10,2)',
    'ALTER TABLE a ADD "b" text NULL',
    "ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT ''",
    "ALTER TABLE a ADD COLUMN b text DEFAULT '' NOT NULL",
    'ALTER TABLE a ADD COLUMN b text, ADD c numeric(1, 0) DEFAULT 0 NOT NULL',
    'ALTER TABLE a ADD COLUMN IF NOT EXISTS b text',
    'ALTER TABLE a SET (autovacuum_vacuum_scale_factor = 0.01)',
    'ALTER TABLE a RESET (fillfactor)',
    'ALTER INDEX a SET (fillfactor = 50)',
    'CREATE TABLE a (b int); ALTER TABLE a ADD c int NOT NULL, DROP b, ADD UNIQUE (c), ALTER c TYPE bigint',
    'CREATE TABLE "A" (b int); ALTER TABLE "A" ADD c int NOT NULL',
    'CREATE TABLE a (b int); CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION c()',
    'CREATE TABLE a (b int); INSERT INTO a SELECT b FROM c; UPDATE a SET b = 2; DELETE FROM a',
    'ALTER TABLE a ADD b int; UPDATE a SET b = c + 1 WHERE c > 0',
    'CREATE FUNCTION a() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE b; DELETE FROM c; END $$',
    'CREATE VIEW a AS SELECT 1',
    'CREATE SEQUENCE a',
    "CREATE TYPE a AS ENUM ('b')",
    "COMMENT ON TABLE a IS 'DROP TABLE b; -- RENAME'",
    '-- DROP TABLE a;\n/* TRUNCATE a; */',
  ])('%s', async (sql) => {
    expect(await moreThanAdds(sql)).toEqual([]);
  });
});

describe('the line that says why the version before lives with it', () => {
  test('holds for the statement that follows it, also after other comments and letters of several bytes', async () => {
    const sql = `-- ${'客'.repeat(50)}\nDROP TABLE a;\n-- compatible: no version reads b\n-- nor c\nDROP TABLE b;\nDROP TABLE "größe"`;
    expect(await moreThanAdds(sql)).toEqual(['DROP TABLE a', 'DROP TABLE "größe"']);
  });

  test.each([
    ['without a reason', '-- compatible:\nDROP TABLE a'],
    ['after the statement', 'DROP TABLE a;\n-- compatible: no version reads a\n'],
    ['at the end of another line', 'SELECT 1; -- compatible: no version reads a\nDROP TABLE a'],
    ['in a text', "COMMENT ON TABLE a IS '\n-- compatible: no version reads a\n'; DROP TABLE a"],
  ])('counts for nothing %s', async (_, sql) => {
    expect(await moreThanAdds(sql)).toContain('DROP TABLE a');
  });
});

test('what PostgreSQL could not parse is not let through', async () => {
  await expect(moreThanAdds('ALTER TABEL a ADD b text')).rejects.toThrow('syntax error at or near "TABEL"');
});
