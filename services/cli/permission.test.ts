import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apiKeyCreated } from '@churn/contracts';
import { createApiKey } from '@churn/platform';
import type { TestDatabase } from '@churn/testing';
import {
  createTestDatabase,
  eventually,
  freePort,
  insertProject,
  sampleProject,
  testFolder,
} from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { churn, churnJson, environment } from './testing/run-churn.ts';
import type { Runnable } from './up/keep-running.ts';
import { spawnService } from './up/spawn-service.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const scratch = testFolder('keys');
let db: TestDatabase;
let control: Runnable;
let url: string;
let admin: string;
let viewer: string;

beforeAll(async () => {
  db = await createTestDatabase();
  await insertProject(db.pool, sampleProject());
  const key = async (role: 'admin' | 'viewer') =>
    (await createApiKey(db.pool, { projectId: 'shop', name: role, role })).secret;
  [admin, viewer] = [await key('admin'), await key('viewer')];
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  control = spawnService({
    args: ['services/control/main.ts'],
    cwd: ROOT,
    env: environment({ DATABASE_URL: db.url, PORT: String(port), LOG_LEVEL: 'error' }),
    logPath: join(scratch, 'control.log'),
  });
  await eventually(async () => (await fetch(`${url}/health/ready`)).ok);
});

afterAll(async () => {
  await control.stop();
  await db.drop();
  rmSync(scratch, { recursive: true, force: true });
});

const withKey = (secret: string) => ({ CHURN_CONTROL_URL: url, CHURN_API_KEY: secret });

test('without a key, or with a wrong one, a command ends with 77 and says which setting holds the key', async () => {
  for (const env of [{ CHURN_CONTROL_URL: url }, withKey('churn_wrong')]) {
    const { code, stdout, stderr } = await churn(['models', 'list'], env);
    expect({ code, stdout }).toEqual({ code: 77, stdout: '' });
    expect(stderr).toContain('CHURN_API_KEY');
  }
});

test('a role that may not ends with 77; the same key may read', async () => {
  const refused = await churn(['keys', 'create', 'shop', '--role', 'caller'], withKey(viewer));
  expect(refused.code).toBe(77);
  expect(refused.stderr).toMatch(/^churn: .*viewer/);
  expect((await churn(['models', 'list'], withKey(viewer))).code).toBe(0);
});

test('a key that an admin makes is listed without its secret, and refused once it is revoked', async () => {
  const made = await churnJson(['keys', 'create', 'reader', '--role', 'viewer'], withKey(admin));
  const { key_id: id, secret } = apiKeyCreated.parse(made.value);
  expect((await churn(['models', 'list'], withKey(secret))).code).toBe(0);
  const list = await churn(['keys', 'list'], withKey(admin));
  expect(list.stdout).toMatch(new RegExp(`${id}\\s+reader\\s+viewer`));
  expect(list.stdout).not.toContain(secret);
  const revoked = await churn(['keys', 'revoke', id], withKey(admin));
  expect(revoked).toEqual({ code: 0, stdout: `${id} is revoked.\n`, stderr: '' });
  // Services may honour it for 5 s more.
  await eventually(async () => (await churn(['models', 'list'], withKey(secret))).code === 77, {
    timeoutMs: 9_000,
  });
});
