import { createTestRedis, type TestRedis } from '@churn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { markKey, stateKey } from './keys.ts';
import { GenerationReplaced } from './online-error.ts';
import { createOnlineStore, type OnlineStore } from './store.ts';
import { fill, mark, state, VIEW } from './testing/states.ts';

let server: TestRedis;
let redis: Redis;
let store: OnlineStore;

beforeAll(async () => {
  server = await createTestRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await server.flush();
  store = createOnlineStore(redis);
});

const entry = (position: number, content: string, id = 'c1') => ({
  view: VIEW,
  id,
  state: state(position, content),
});
const held = async (project: string) => {
  const read = await store.read(project, [VIEW], ['c1']);
  return read.states[0]?.[0]?.subarray(9).toString();
};

describe('a batch that is applied again', () => {
  test('stores nothing the second time, also at positions beyond 32 bits', async () => {
    await fill(redis, 'shop', 1, []);
    for (const position of [11, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]) {
      expect(await store.write('shop', 1, [entry(position, 'new')])).toBe(1);
      expect(await store.write('shop', 1, [entry(position, 'again')])).toBe(0);
      expect(await store.write('shop', 1, [entry(position - 1, 'older')])).toBe(0);
      expect(await held('shop')).toBe('new');
    }
  });

  test('would replace what is newer without the guard', async () => {
    await fill(redis, 'shop', 1, []);
    await store.write('shop', 1, [entry(12, 'newer')]);
    await redis.set(stateKey('shop', 1, VIEW, 'c1'), state(11, 'older'));
    expect(await held('shop')).toBe('older');
  });

  test('stores more states than one command carries, each once', async () => {
    const ids = Array.from({ length: 4_321 }, (_, index) => `c${index}`);
    await fill(redis, 'shop', 1, ids);
    const again = ids.map((id, index) => entry(index % 2 === 0 ? 10 : 11, `next ${id}`, id));
    expect(await store.write('shop', 1, again)).toBe(2_160);
    const { states } = await store.read('shop', [VIEW], ids);
    expect(states[0]?.map((one) => one?.subarray(9).toString())).toEqual(
      ids.map((id, index) => (index % 2 === 0 ? `shop 1 ${id}` : `next ${id}`)),
    );
  });
});

describe('a writer whose time is over', () => {
  const refused = async (generation: number) => {
    const tries = [
      store.write('shop', generation, [entry(99, 'stale')]),
      store.advance('shop', generation, 99),
      store.switchGeneration('shop', mark(generation)),
    ];
    for (const tried of await Promise.allSettled(tries))
      expect(tried).toMatchObject({ status: 'rejected', reason: expect.any(GenerationReplaced) });
  };

  test('cannot write once the next generation serves', async () => {
    await fill(redis, 'shop', 1, ['c1']);
    await fill(redis, 'shop', 2, ['c1']);
    await refused(1);
    expect(await held('shop')).toBe('shop 2 c1');
    expect(await redis.exists(stateKey('shop', 1, VIEW, 'c1'))).toBe(0);
  });

  test('cannot go on building once another has begun, or has swept', async () => {
    await fill(redis, 'shop', 1, ['c1']);
    await store.beginGeneration('shop', 2);
    await store.beginGeneration('shop', 3);
    await refused(2);
    expect(await store.write('shop', 3, [entry(99, 'next')])).toBe(1);
    expect(await store.dropOtherGenerations('shop', 1)).toBe(1);
    await refused(3);
    expect(await store.write('shop', 1, [entry(11, 'serving')])).toBe(1);
  });

  test('cannot write into a store that was emptied, or whose mark is unreadable', async () => {
    await fill(redis, 'shop', 1, ['c1']);
    await redis.set(markKey('shop'), '{"generation":');
    await refused(1);
    await server.flush();
    await refused(1);
    expect(await redis.dbsize()).toBe(0);
  });

  test('is let through while its time lasts', async () => {
    await fill(redis, 'shop', 1, ['c1']);
    expect(await store.write('shop', 1, [entry(99, 'next')])).toBe(1);
    await store.advance('shop', 1, 99);
    expect(await store.standing('shop')).toEqual({ mark: mark(1), projected: 99, building: false });
  });
});
