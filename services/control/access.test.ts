import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addVersions, MODEL } from './testing/models.ts';
import { createWorld, ROLES, type World } from './testing/world.ts';

const UNKNOWN = '7c0f6d1e-0000-4000-8000-000000000000';
let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVersions(world.db.pool, 'shop', 2);
});
afterAll(() => world.close());

const stage = `/models/${MODEL}/versions/2/stage`;
/** `ok`: what a role that may gets, by a request that changes nothing. */
const ROUTES = [
  { method: 'get', path: '/definitions', ok: 200, needs: 'viewer' },
  { method: 'post', path: '/definitions', body: { ir: sampleProject() }, ok: 200, needs: 'data-scientist' },
  { method: 'get', path: '/models', ok: 200, needs: 'viewer' },
  { method: 'get', path: `/models/${MODEL}/versions/1`, ok: 200, needs: 'viewer' },
  { method: 'post', path: stage, body: { stage: 'None', reason: 'r' }, ok: 409, needs: 'data-scientist' },
  { method: 'post', path: stage, body: { stage: 'Production', reason: 'r' }, ok: 409, needs: 'ml-engineer' },
  { method: 'get', path: '/api-keys', ok: 200, needs: 'admin' },
  { method: 'post', path: '/api-keys', body: { name: 'n', role: 'viewer' }, ok: 201, needs: 'admin' },
  { method: 'delete', path: `/api-keys/${UNKNOWN}`, ok: 404, needs: 'admin' },
] as const;
const MAY = {
  viewer: ['viewer', 'data-scientist', 'ml-engineer', 'admin'],
  'data-scientist': ['data-scientist', 'ml-engineer', 'admin'],
  'ml-engineer': ['ml-engineer', 'admin'],
  admin: ['admin'],
};

describe.each(ROUTES)('$method $path $body needs $needs', ({ method, path, ok, needs, ...rest }) => {
  const body = 'body' in rest ? rest.body : undefined;

  it('and a key', async () => {
    for (const key of [undefined, 'churn_wrong', '']) {
      const answer = await world.ask(method, path, key, body);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body.detail).toMatch(/API key/);
    }
  });

  it.each(ROLES)('and %s may or may not', async (role) => {
    const answer = await world.ask(method, path, world.key('shop', role), body);
    if (MAY[needs].includes(role)) return expect(answer.status).toBe(ok);
    expect(answer.status).toBe(403);
    // The role that it needs, and the one that the key has.
    expect(answer.body.detail).toMatch(new RegExp(`needs the role (data-scientist|${needs}).* has ${role}`));
  });
});

describe('a key of another project', () => {
  const other = () => world.key('other', 'admin');

  it('sees the models, definitions and keys of its own alone', async () => {
    expect((await world.ask('get', '/models', other())).body).toEqual({ versions: [] });
    expect((await world.ask('get', '/definitions', other())).body.ir.project).toBe('other');
    const { keys } = (await world.ask('get', '/api-keys', other())).body;
    expect(keys).toHaveLength(ROLES.length);
    for (const { name } of keys) expect(name).toMatch(/^other /);
  });

  it('cannot name another project, so that nobody takes one for the other; its own it may name', async () => {
    const ask = (project: string) =>
      world.ask('get', '/definitions', other()).set('x-churn-project', project);
    expect((await ask('shop')).body).toMatchObject({
      status: 403,
      type: 'urn:churn:problem:project-mismatch',
      detail: expect.stringMatching(/names the project "shop".*is one of project other/),
    });
    expect((await ask('other')).body.ir.project).toBe('other');
  });

  it('cannot see or move a model of this one', async () => {
    for (const [method, path, body] of [
      ['get', `/models/${MODEL}/versions/1`, undefined],
      ['post', `/models/${MODEL}/versions/1/stage`, { stage: 'Archived', reason: 'r' }],
    ] as const) {
      const answer = await world.ask(method, path, other(), body);
      expect(answer.body).toMatchObject({
        status: 404,
        detail: expect.stringMatching(/Project other has no version 1/),
      });
    }
    const still = await world.ask('get', `/models/${MODEL}/versions/1`, world.key('shop', 'viewer'));
    expect(still.body.stage).toBe('Production');
  });

  it('cannot change the definitions of this one, or revoke its keys', async () => {
    const applied = await world.ask('post', '/definitions', other(), { ir: sampleProject() });
    expect(applied.body).toMatchObject({ status: 422, detail: expect.stringContaining('Use a key of shop') });
    const { keys } = (await world.ask('get', '/api-keys', world.key('shop', 'admin'))).body;
    expect((await world.ask('delete', `/api-keys/${keys[0].key_id}`, other())).status).toBe(404);
    expect((await world.ask('get', '/definitions', world.key('shop', 'viewer'))).status).toBe(200);
  });
});
