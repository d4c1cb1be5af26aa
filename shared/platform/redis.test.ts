import { createTestRedis, eventually, openRelay, type TestRedis } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { closeRedis, createRedis, type RedisRole } from './redis.ts';
import { capturedLog } from './testing/captured-log.ts';

let server: TestRedis;
const clients: Redis[] = [];
beforeEach(async () => {
  server = await createTestRedis();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await closeRedis(client);
  await server.stop();
});

async function connected(role: RedisRole, url = server.url) {
  const { log, lines } = capturedLog();
  const redis = createRedis(url, role, log);
  clients.push(redis);
  await eventually(() => redis.status === 'ready');
  return { redis, lines };
}

test('serving gets an answer or an error at once, also while Redis is away', async () => {
  const { redis } = await connected('serving');
  await server.stop();
  await eventually(() => redis.status !== 'ready');
  await expect(redis.get('key')).rejects.toThrow(
    "Stream isn't writeable and enableOfflineQueue options is false",
  );
});

test('serving gives up on a Redis that takes commands and does not answer', async () => {
  const { redis } = await connected('serving');
  const { redis: other } = await connected('worker');
  await other.call('CLIENT', 'PAUSE', '1000', 'ALL');
  await expect(redis.get('key')).rejects.toThrow('Command timed out');
});

test('serving takes an answer that came in time, though the process itself stood still for longer', async () => {
  const { redis } = await connected('serving');
  // As inference asks; after it the loop comes to its timers first.
  await new Promise(setImmediate);
  const answers = redis.pipeline().set('key', '1').get('key').exec();
  // Nothing else runs meanwhile, as when other processes have the cores.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  expect(await answers).toEqual([
    [null, 'OK'],
    [null, '1'],
  ]);
});

test.each(['worker', 'queue'] as const)('a command of role %s waits for Redis to come back', async (role) => {
  const { redis, lines } = await connected(role);
  await server.stop();
  await eventually(() => lines.length > 0);
  const answer = role === 'queue' ? redis.get('key') : eventually(() => redis.set('key', '1'));
  await server.start();
  expect(await answer).toBe(role === 'queue' ? null : 'OK');
  expect(lines.map(({ message }) => message)).toEqual(['Redis is away', 'Redis is back']);
});

test.each(['worker', 'queue'] as const)(
  'a command of role %s that was on its way when the connection broke is sent again',
  async (role) => {
    const relay = await openRelay(server.url);
    const { redis } = await connected(role, relay.url);
    relay.freeze();
    const answer = redis.set('key', '1');
    await relay.close();
    const again = await openRelay(server.url, relay.port);
    try {
      expect(await answer).toBe('OK');
    } finally {
      await again.close();
    }
  },
);

test('a client of a server that is not there is closed without waiting for it', async () => {
  await server.stop();
  const redis = createRedis(server.url, 'worker');
  await closeRedis(redis);
  await eventually(() => redis.status === 'end');
});
