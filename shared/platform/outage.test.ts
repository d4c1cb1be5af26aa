import { createTestDatabase, openRelay, type Relay, type TestDatabase } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { type Auth, createApiKey, createAuth, revokeApiKey } from './auth.ts';
import { createApp } from './http/app.ts';
import { type Listening, listen } from './http/listen.ts';
import { defineRoute } from './http/route.ts';
import { createLogger } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createPool } from './postgres.ts';

const MINUTE_MS = 60_000;
const log = createLogger('test', 'error');

let db: TestDatabase;
let relay: Relay;
let pool: Pool;
let auth: Auth;
let listening: Listening;
let key: { keyId: string; secret: string };
let nowMs: number;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(`INSERT INTO project (project_id) VALUES ('shop')`);
  key = await createApiKey(db.pool, { projectId: 'shop', name: 'crm', role: 'caller' });
});
afterAll(() => db.drop());

beforeEach(async () => {
  nowMs = Date.now();
  relay = await openRelay(db.url);
  pool = createPool(relay.url, {
    applicationName: 'outage',
    replyTimeoutMs: 2_000,
    connectTimeoutMs: 2_000,
  });
  auth = createAuth({ pool, mode: 'on', defaultProject: undefined, now: () => nowMs, lookupMs: 300 });
  listening = await serve();
});
afterEach(async () => {
  relay.thaw();
  await listening.close();
  await pool.end();
  await relay.close();
});

/** One route that needs Postgres, and one that needs it only to know who asks. */
async function serve(): Promise<Listening> {
  const responses = { 200: { description: 'Answered' } };
  const stored = defineRoute({
    method: 'get',
    path: '/stored',
    summary: 'Asks Postgres',
    role: 'public',
    answerWithinMs: 300,
    responses,
    handler: async () => ({ body: (await pool.query('SELECT 1 AS one')).rows }),
  });
  const own = defineRoute({
    method: 'get',
    path: '/own',
    summary: 'Asks nobody',
    role: 'caller',
    responses,
    handler: async ({ principal }) => ({ body: principal }),
  });
  const health = { ready: async () => ({ ok: true, checks: {} }), closing: () => false };
  const metrics = createMetrics('test');
  const routes = [stored, own];
  const app = createApp({ service: 'test', version: '0', log, metrics, auth, routes, health });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

async function ask(path: string, secret = key.secret) {
  const headers = { authorization: `Bearer ${secret}` };
  const response = await fetch(`${listening.url}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.json(),
  };
}

describe('a request that needs Postgres', () => {
  test('is told to come again when Postgres is gone, and is answered once it is back', async () => {
    expect(await ask('/stored')).toMatchObject({ status: 200 });
    const { port } = relay;
    await relay.close();
    expect(await ask('/stored')).toMatchObject({
      status: 503,
      retryAfter: '3',
      body: {
        type: 'urn:churn:problem:store-unavailable',
        detail: expect.stringContaining('Postgres is out of reach'),
      },
    });
    relay = await openRelay(db.url, port);
    expect(await ask('/stored')).toMatchObject({ status: 200 });
  });

  test('is told so, and does not wait for ever, when Postgres is frozen', async () => {
    await ask('/stored');
    relay.freeze();
    expect(await ask('/stored')).toMatchObject({
      status: 503,
      retryAfter: '5',
      body: { detail: expect.stringMatching(/no answer within 0.3 s.*look before you ask again/) },
    });
  });
});

describe('an API key', () => {
  test('that was good goes on being good for minutes while Postgres is frozen, and no longer', async () => {
    expect(await ask('/own')).toMatchObject({ status: 200 });
    relay.freeze();
    nowMs += 4 * MINUTE_MS;
    expect(await ask('/own')).toMatchObject({ status: 200, body: { actor: 'key:crm' } });
    nowMs += 2 * MINUTE_MS;
    expect(await ask('/own')).toMatchObject({
      status: 503,
      body: { type: 'urn:churn:problem:keys-unavailable' },
    });
  });

  test('that nobody has seen is neither good nor bad meanwhile', async () => {
    relay.freeze();
    expect(await ask('/own')).toMatchObject({ status: 503, retryAfter: '3' });
  });

  test('that is revoked ends within seconds, though it was good', async () => {
    const other = await createApiKey(db.pool, { projectId: 'shop', name: 'other', role: 'caller' });
    expect(await ask('/own', other.secret)).toMatchObject({ status: 200 });
    await revokeApiKey(db.pool, 'shop', other.keyId);
    nowMs += 6_000;
    expect(await ask('/own', other.secret)).toMatchObject({ status: 401 });
  });

  test('is looked up once, however many ask at the same time', async () => {
    let statements = 0;
    pool.on('acquire', () => {
      statements++;
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/own')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    // The look-up, and at most once that the key was used.
    expect(statements).toBeLessThanOrEqual(2);
  });
});
