import { afterEach, describe, expect, jest, test } from '@jest/globals';
import request from 'supertest';
import { testApp } from '../testing/test-app.ts';
import type { Health } from './health.ts';

const answer = async (path: string, health: Partial<Health>) => {
  const fine: Health = {
    ready: async () => ({ ok: true, checks: { postgres: 'ok' } }),
    closing: () => false,
  };
  const { status, body } = await request(testApp({ health: { ...fine, ...health } }).app).get(path);
  return [status, body];
};
const AWAY = () => Promise.reject(new Error('postgres://churn:hunter2@db is away'));
const away = { error: 'postgres://***@db is away' };

afterEach(() => void jest.useRealTimers());

describe('readiness', () => {
  test('is on while the checks are well, and says each', async () => {
    expect(await answer('/health/ready', {})).toEqual([200, { status: 'ready', checks: { postgres: 'ok' } }]);
  });

  test('is off when a check is not well or fails, and says why without credentials', async () => {
    const unwell = { ok: false, checks: { redis: 'away' } };
    expect(await answer('/health/ready', { ready: async () => unwell })).toEqual([
      503,
      { status: 'not ready', checks: { redis: 'away' } },
    ]);
    expect(await answer('/health/ready', { ready: AWAY })).toEqual([
      503,
      { status: 'not ready', checks: away },
    ]);
  });

  test('is off once the process has begun to end, however well it is', async () => {
    expect(await answer('/health/ready', { closing: () => true })).toEqual([
      503,
      { status: 'not ready', checks: { process: 'closing' } },
    ]);
  });
});

describe('a check that does not answer', () => {
  const hung = { ready: () => new Promise<never>(() => {}), summary: () => new Promise<never>(() => {}) };

  test.each([
    [
      '/health/ready',
      { ready: hung.ready },
      { status: 'not ready', checks: { error: 'no answer within 3000 ms' } },
    ],
    ['/health', { ready: hung.ready }, { status: 'unhealthy', error: 'no answer within 3000 ms' }],
    ['/health', { summary: hung.summary }, { status: 'unhealthy', error: 'no answer within 3000 ms' }],
  ])('is taken for a bad one by %s', async (path, health, body) => {
    const called = Promise.withResolvers<void>();
    const wait = () => {
      called.resolve();
      return new Promise<never>(() => {});
    };
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const answered = answer(path, Object.fromEntries(Object.keys(health).map((key) => [key, wait])));
    await called.promise;
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await answered).toEqual([503, body]);
  });

  test('does not keep liveness from answering, nor does one that fails', async () => {
    expect(await answer('/health/live', hung)).toEqual([200, { status: 'alive' }]);
    expect(await answer('/health/live', { ready: AWAY })).toEqual([200, { status: 'alive' }]);
  });
});

describe('/health', () => {
  test('has the checks beside the status', async () => {
    expect(await answer('/health', {})).toEqual([200, { status: 'healthy', postgres: 'ok' }]);
    expect(await answer('/health', { ready: AWAY })).toEqual([503, { status: 'unhealthy', ...away }]);
  });

  test('has the shape of a service that has its own, and is 503 when that fails', async () => {
    const body = { status: 'healthy', model_version: 3 };
    expect(await answer('/health', { summary: async () => ({ ok: true, body }) })).toEqual([200, body]);
    expect(await answer('/health', { summary: async () => ({ ok: false, body }) })).toEqual([503, body]);
    expect(await answer('/health', { summary: AWAY })).toEqual([503, { status: 'unhealthy', ...away }]);
  });
});
