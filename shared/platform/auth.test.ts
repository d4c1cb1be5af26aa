import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { role } from '@churn/contracts';
import { createTestDatabase, insertProject, type TestDatabase } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApiKey, createAuth, mayAct, revokeApiKey } from './auth.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await insertProject(database.pool);
});
afterAll(() => database.drop());

function asking(headers: Record<string, string>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers });
}

test('a role has those below it; viewer and caller stand beside each other', () => {
  const roles = role.options;
  expect(roles.map((held) => roles.filter((needed) => mayAct(held, needed)))).toEqual([
    ['viewer'],
    ['caller'],
    ['viewer', 'caller', 'data-scientist'],
    ['viewer', 'caller', 'data-scientist', 'ml-engineer'],
    roles,
  ]);
});

test('a key acts in its project, by either header, and only as its role may', async () => {
  const auth = createAuth({ pool: database.pool, mode: 'on', defaultProject: 'other' });
  const { secret } = await createApiKey(database.pool, { projectId: 'shop', name: 'crm', role: 'caller' });
  for (const headers of [{ authorization: `bearer ${secret}` }, { 'x-api-key': secret }])
    expect(await auth.authorize(asking({ ...headers, 'x-churn-project': 'shop' }), 'caller')).toEqual({
      projectId: 'shop',
      role: 'caller',
      actor: 'key:crm',
    });
  await expect(auth.authorize(asking({ 'x-api-key': secret }), 'admin')).rejects.toMatchObject({
    status: 403,
    message: 'This needs the role admin; the key "crm" has caller.',
  });
});

test('no key and a key that is not known are refused without repeating it', async () => {
  const auth = createAuth({ pool: database.pool, mode: 'on', defaultProject: 'shop' });
  await expect(auth.authorize(asking({}), 'viewer')).rejects.toMatchObject({
    status: 401,
    code: 'key-missing',
  });
  const refused = auth.authorize(asking({ authorization: 'Bearer hunter2' }), 'viewer');
  await expect(refused).rejects.toMatchObject({ status: 401, code: 'key-unknown' });
  await expect(refused).rejects.not.toThrow(/hunter2/);
});

test('a revoked key works for at most 5 s more', async () => {
  let now = 0;
  const auth = createAuth({ pool: database.pool, mode: 'on', defaultProject: undefined, now: () => now });
  const { keyId, secret } = await createApiKey(database.pool, {
    projectId: 'shop',
    name: 'old',
    role: 'viewer',
  });
  const ask = () => auth.authorize(asking({ 'x-api-key': secret }), 'viewer');
  await ask();
  expect(await revokeApiKey(database.pool, 'shop', keyId)).toBe(true);
  now = 4_999;
  await ask();
  now = 5_000;
  await expect(ask()).rejects.toMatchObject({ code: 'key-unknown' });
});

test('with authentication off a request acts for the project that it or the settings name', async () => {
  const auth = (defaultProject?: string) => createAuth({ pool: database.pool, mode: 'off', defaultProject });
  const principal = { role: 'admin', actor: 'embedded' };
  expect(await auth('shop').authorize(asking({}), 'admin')).toEqual({ ...principal, projectId: 'shop' });
  const named = asking({ 'x-churn-project': 'bank' });
  expect(await auth('shop').authorize(named, 'admin')).toEqual({ ...principal, projectId: 'bank' });
  await expect(auth().authorize(asking({}), 'viewer')).rejects.toMatchObject({ code: 'project-missing' });
});
