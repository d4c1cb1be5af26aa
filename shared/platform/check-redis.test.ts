import { createTestRedis, openRelay } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkRedis } from './redis.ts';

let redis: Awaited<ReturnType<typeof createTestRedis>>;
beforeAll(async () => {
  redis = await createTestRedis();
});
afterAll(() => redis.stop());

test('a Redis that answers PING is taken', async () => {
  await checkRedis(redis.url, 'REDIS_URL');
});

test('one that takes connections and stays silent is given up, with its setting named and its password hidden', async () => {
  const relay = await openRelay(redis.url);
  relay.freeze();
  try {
    await expect(checkRedis(relay.url, 'QUEUE_REDIS_URL')).rejects.toThrow(
      /^Redis at redis:\/\/\*\*\*@127\.0\.0\.1:\d+ cannot be used \(its answer to PING took longer than 3000 ms\)\. Check QUEUE_REDIS_URL/,
    );
  } finally {
    relay.thaw();
    await relay.close();
  }
});

test('one that wants another password says so', async () => {
  const url = new URL(redis.url);
  url.password = 'wrong';
  await expect(checkRedis(url.href, 'REDIS_URL')).rejects.toThrow(/WRONGPASS|NOAUTH/);
});
