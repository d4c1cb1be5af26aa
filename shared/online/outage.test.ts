import { closeRedis, createRedis, type RedisRole } from '@churn/platform';
import { createTestRedis, eventually, type TestRedis } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { OnlineStoreError } from './online-error.ts';
import type { OnlineRead } from './read.ts';
import { createOnlineStore, type OnlineStore } from './store.ts';
import { fill, mark, state, VIEW } from './testing/states.ts';

const IDS = Array.from({ length: 3_000 }, (_, index) => `c${index}`);
/** No answer and no error within this is what these tests call hanging. */
const HANGING_MS = 60_000;

let server: TestRedis;
const clients: Redis[] = [];

beforeEach(async () => {
  server = await createTestRedis();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await closeRedis(client);
  await server.stop();
});

async function connected(role: RedisRole): Promise<{ redis: Redis; store: OnlineStore }> {
  const redis = createRedis(server.url, role);
  clients.push(redis);
  await eventually(() => redis.status === 'ready');
  return { redis, store: createOnlineStore(redis) };
}

/** A read that succeeds. On a loaded machine one may take longer than the serving limit; that is no outage. */
const readAll = (store: OnlineStore) => eventually(() => store.read('shop', [VIEW], IDS));

/** All states of a read, in order. */
const bytes = ({ states }: OnlineRead) => Buffer.concat(states.flat().map((one) => one ?? Buffer.of(0)));

test.each<RedisRole>(['serving', 'worker'])(
  'reads under way as Redis stops (%s) are whole or fail in its name, and it comes back',
  async (role) => {
    const { store } = await connected(role);
    const writer = await connected('worker');
    await fill(writer.redis, 'shop', 1, IDS);
    const right = bytes(await readAll(store));
    const reads = Array.from({ length: 30 }, () => store.read('shop', [VIEW], IDS));
    const settled = Promise.allSettled(reads);
    await Promise.race(reads).catch(() => {});
    await server.stop();
    const [late] = await Promise.allSettled([store.read('shop', [VIEW], IDS)]);
    expect(late).toMatchObject({ status: 'rejected', reason: expect.any(OnlineStoreError) });
    for (const read of await settled) {
      if (read.status === 'fulfilled') expect(bytes(read.value).equals(right)).toBe(true);
      else expect(read.reason).toBeInstanceOf(OnlineStoreError);
    }
    await server.start();
    expect((await readAll(store)).mark).toBeNull();
    await eventually(() => fill(writer.redis, 'shop', 2, IDS).then(() => true));
    expect((await readAll(store)).mark).toEqual(mark(2));
  },
  HANGING_MS,
);

test(
  'a Redis that takes commands and does not answer fails a read, and serves again when it wakes',
  async () => {
    const { store } = await connected('serving');
    const other = await connected('worker');
    await fill(other.redis, 'shop', 1, ['c1']);
    await other.redis.call('CLIENT', 'PAUSE', '1000', 'ALL');
    await expect(store.read('shop', [VIEW], ['c1'])).rejects.toThrow(OnlineStoreError);
    const read = await eventually(() => store.read('shop', [VIEW], ['c1']));
    expect(read).toEqual({ mark: mark(1), states: [[state(10, 'shop 1 c1')]] });
  },
  HANGING_MS,
);

test(
  'every method fails in the name of the store, and says where to look',
  async () => {
    const { store } = await connected('serving');
    await server.stop();
    const tries: Promise<unknown>[] = [
      store.mark('shop'),
      store.standing('shop'),
      store.read('shop', [VIEW], ['c1']),
      store.readGeneration('shop', 1, VIEW, ['c1']),
      store.beginGeneration('shop', 1),
      store.write('shop', 1, [{ view: VIEW, id: 'c1', state: state(1, '') }]),
      store.advance('shop', 1, 1),
      store.switchGeneration('shop', mark(1)),
      store.dropOtherGenerations('shop', 1),
    ];
    const message = expect.stringContaining('Look at the Redis of FEATURE_REDIS_URL');
    for (const tried of await Promise.allSettled(tries))
      expect(tried).toMatchObject({ reason: { name: 'OnlineStoreError', message } });
  },
  HANGING_MS,
);

test('a full Redis is named as full, and keeps what it has', async () => {
  const { redis, store } = await connected('serving');
  await fill(redis, 'shop', 1, ['c1']);
  const config = redis.config.bind(redis);
  await config('SET', 'maxmemory-policy', 'noeviction');
  await config('SET', 'maxmemory', '1');
  const entries = [{ view: VIEW, id: 'c1', state: state(11, 'next') }];
  await expect(store.write('shop', 1, entries)).rejects.toThrow(/OOM.*below its maxmemory/s);
  expect((await store.read('shop', [VIEW], ['c1'])).states).toEqual([[state(10, 'shop 1 c1')]]);
  await config('SET', 'maxmemory', '0');
  expect(await store.write('shop', 1, entries)).toBe(1);
});
