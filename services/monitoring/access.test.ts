import type { Role } from '@churn/contracts';
import { createApiKey } from '@churn/platform';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { checkEnded, finishBatchRun } from './testing/batch-runs.ts';
import { addProject, createWorld, type World } from './testing/world.ts';

const ROLES: readonly Role[] = ['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin'];
const UNKNOWN = '7c0f6d1e-0000-4000-8000-000000000000';

let world: World;
let service: Service;
const keys = new Map<string, string>();
const runs: Record<string, { batchRunId: string; id: string }> = {};

beforeAll(async () => {
  world = await createWorld({ auth: 'on' });
  await addProject(world.db, 'other');
  for (const projectId of ['shop', 'other']) {
    for (const role of ROLES) {
      const { secret } = await createApiKey(world.db.pool, { projectId, name: `a ${role}`, role });
      keys.set(`${projectId} ${role}`, secret);
    }
  }
  service = await world.start();
  for (const projectId of ['shop', 'other']) {
    const batchRunId = await finishBatchRun(world, { projectId, rows: 300 });
    runs[projectId] = { batchRunId, id: (await checkEnded(world, batchRunId)).id };
  }
});
afterAll(() => world.close());

const ask = (method: 'get' | 'post', path: string, key?: string, body?: object) => {
  const call = request(service.url)[method](path);
  if (key !== undefined) call.set('authorization', `Bearer ${key}`);
  return body === undefined ? call : call.send(body);
};
const of = (project: string, role: Role = 'admin') => keys.get(`${project} ${role}`);

const ROUTES = [
  { method: 'get', path: '/drift-runs', ok: 200, needs: 'viewer', not: ['caller'] },
  { method: 'get', path: '/drift-runs/:id', ok: 200, needs: 'viewer', not: ['caller'] },
  { method: 'get', path: '/drift-runs/latest/report', ok: 200, needs: 'viewer', not: ['caller'] },
  {
    method: 'post',
    path: '/drift-runs',
    body: () => ({ batch_run_id: runs.shop?.batchRunId }),
    ok: 202,
    needs: 'data-scientist',
    not: ['viewer', 'caller'],
  },
] as const;

describe.each(ROUTES)('$method $path needs $needs', ({ method, path: pattern, ok, needs, not, ...rest }) => {
  const path = () => pattern.replace(':id', runs.shop?.id ?? '');
  const body = () => ('body' in rest ? rest.body() : undefined);

  it('and a key', async () => {
    for (const key of [undefined, 'churn_wrong']) {
      const answer = await ask(method, path(), key, body());
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body.detail).toMatch(/API key/);
    }
  });

  it.each(ROLES)('and %s may or may not', async (role) => {
    const answer = await ask(method, path(), of('shop', role), body());
    const refused = not.some((each) => each === role);
    expect(answer.status).toBe(refused ? 403 : ok);
    if (refused)
      expect(answer.body.detail).toBe(`This needs the role ${needs}; the key "a ${role}" has ${role}.`);
  });
});

describe('a key of another project', () => {
  it('sees its own checks alone', async () => {
    const { body } = await ask('get', '/drift-runs', of('other'));
    expect(body.runs.map((run: { drift_run_id: string }) => run.drift_run_id)).toEqual([runs.other?.id]);
    expect((await ask('get', '/drift-runs/latest', of('other'))).body.drift_run_id).toBe(runs.other?.id);
    expect((await ask('get', '/drift-runs/latest/report', of('other'))).text).toContain('Drift of other');
  });

  it('cannot tell a check of this one from one that is not there', async () => {
    for (const path of ['', '/report']) {
      const foreign = await ask('get', `/drift-runs/${runs.shop?.id}${path}`, of('other'));
      const missing = await ask('get', `/drift-runs/${UNKNOWN}${path}`, of('other'));
      expect([foreign.status, missing.status]).toEqual([404, 404]);
      expect(foreign.body.detail.replace(runs.shop?.id, UNKNOWN)).toBe(missing.body.detail);
    }
    const foreign = await ask('post', '/drift-runs', of('other'), { batch_run_id: runs.shop?.batchRunId });
    expect(foreign.status).toBe(404);
  });
});

describe('an error names the thing and the remedy', () => {
  it('of an unknown check', async () => {
    const answer = await ask('get', `/drift-runs/${UNKNOWN}/report`, of('shop'));
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      status: 404,
      type: 'urn:churn:problem:drift-run-unknown',
      detail: `Project shop has no drift check ${UNKNOWN}. \`churn drift\` shows the newest.`,
    });
  });

  it('of an id that is none, and of an unknown batch run', async () => {
    const answer = await ask('get', '/drift-runs/yesterday', of('shop'));
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain('params.id');
    const run = await ask('post', '/drift-runs', of('shop'), { batch_run_id: UNKNOWN });
    expect(run.body).toMatchObject({ status: 404, detail: expect.stringContaining('churn batch list') });
  });

  it('of a project that was never checked', async () => {
    await addProject(world.db, 'new');
    const { secret } = await createApiKey(world.db.pool, { projectId: 'new', name: 'n', role: 'viewer' });
    for (const path of ['/drift-runs/latest', '/drift-runs/latest/report'])
      expect((await ask('get', path, secret)).body).toMatchObject({
        status: 404,
        detail: 'Project new has no drift check yet: one follows each batch run.',
      });
  });

  it('the report is sent with a policy that lets a page fetch and run nothing', async () => {
    // Asked for again above, so it has no report until it ends.
    await checkEnded(world, runs.shop?.batchRunId ?? '');
    const { headers } = await ask('get', '/drift-runs/latest/report', of('shop', 'viewer'));
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });
});
