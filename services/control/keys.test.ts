import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf, createWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const admin = () => world.key('shop', 'admin');
const make = async (name: string) => {
  const answer = await world.ask('post', '/api-keys', admin(), { name, role: 'viewer' });
  return answer.body as { key_id: string; secret: string };
};

describe('an API key', () => {
  it('is shown once, and only its hash is kept', async () => {
    const { key_id, secret } = await make('dashboard');
    expect(secret).toMatch(/^churn_[\w-]{43}$/);
    expect((await world.ask('get', '/models', secret)).status).toBe(200);

    const { body, text } = await world.ask('get', '/api-keys', admin());
    expect(body.keys).toContainEqual({
      key_id,
      name: 'dashboard',
      role: 'viewer',
      created_at: expect.any(String),
      revoked_at: null,
    });
    const hash = createHash('sha256').update(secret).digest();
    const { rows } = await world.db.pool.query('SELECT * FROM api_key WHERE key_id = $1', [key_id]);
    expect(rows[0].key_hash).toEqual(hash);
    for (const shown of [text, JSON.stringify(rows), JSON.stringify(await auditOf(world, 'shop'))])
      expect(shown).not.toContain(secret);
    expect(text).not.toContain(hash.toString('hex'));
  });

  it('that is revoked works for five seconds more at most, and stays in the list', async () => {
    const { key_id, secret } = await make('to be revoked');
    expect((await world.ask('get', '/models', secret)).status).toBe(200);
    expect((await world.ask('delete', `/api-keys/${key_id}`, admin())).status).toBe(204);
    world.moveClock(4_999);
    // Within the stated time a service may still remember it.
    expect((await world.ask('get', '/models', secret)).status).toBe(200);
    world.moveClock(1);
    const refused = await world.ask('get', '/models', secret);
    expect(refused.body).toMatchObject({ status: 401, detail: expect.stringContaining('was revoked') });
    const { keys } = (await world.ask('get', '/api-keys', admin())).body;
    expect(keys.find((key: { key_id: string }) => key.key_id === key_id).revoked_at).not.toBeNull();
  });

  it('is revoked once; an unknown one says where to look', async () => {
    const { key_id } = await make('twice');
    await world.ask('delete', `/api-keys/${key_id}`, admin());
    const again = await world.ask('delete', `/api-keys/${key_id}`, admin());
    expect(again.body).toMatchObject({ status: 404, detail: expect.stringContaining('churn keys list') });
  });

  it('is made and revoked on the record, with the actor and without the secret', async () => {
    const before = (await auditOf(world, 'shop')).length;
    const { key_id } = await make('recorded');
    await world.ask('delete', `/api-keys/${key_id}`, admin());
    await world.ask('delete', `/api-keys/${key_id}`, admin());
    expect((await auditOf(world, 'shop')).slice(before)).toEqual([
      {
        actor: 'key:shop admin',
        action: 'key.create',
        subject: 'recorded',
        detail: { key_id, role: 'viewer' },
      },
      { actor: 'key:shop admin', action: 'key.revoke', subject: key_id, detail: {} },
    ]);
  });

  it('needs a name and a role that there is', async () => {
    for (const body of [{ name: '', role: 'viewer' }, { name: 'n', role: 'root' }, { name: 'n' }]) {
      const answer = await world.ask('post', '/api-keys', admin(), body);
      expect(answer.body).toMatchObject({ status: 422, detail: expect.stringMatching(/body\.(name|role)/) });
    }
    const answer = await world.ask('post', '/api-keys', admin(), { name: 'a\u0000b', role: 'viewer' });
    expect(answer.body).toMatchObject({ status: 422, detail: expect.stringContaining('NUL') });
  });
});

describe('while authentication is off', () => {
  it('a key for a project that is not there is refused by name', async () => {
    const open = await createWorld({ auth: 'off' });
    const body = { name: 'n', role: 'viewer' };
    const answer = await open.ask('post', '/api-keys', undefined, body).set('x-churn-project', 'nowhere');
    expect(answer.body).toMatchObject({
      status: 404,
      detail: expect.stringContaining('no project "nowhere"'),
    });
    expect((await open.ask('post', '/api-keys', undefined, body)).status).toBe(201);
    const [made] = await auditOf(open, 'shop');
    expect(made).toMatchObject({ actor: 'embedded', action: 'key.create' });
    await open.close();
  });
});
