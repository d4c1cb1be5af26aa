import { createTestRedis, type TestRedis } from '@churn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { markKey } from './keys.ts';
import { createOnlineStore, type OnlineStore } from './store.ts';
import { fill, mark, VIEW } from './testing/states.ts';

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

const held = async (project: string, id = 'c1') => {
  const read = await store.read(project, [VIEW], [id]);
  return read.states[0]?.[0]?.subarray(9).toString();
};

describe('projects in one Redis', () => {
  test.each([
    ['shop', 'shop-2'],
    ['a', 'a-s'],
    ['s', 'online'],
  ])('%s and %s read, rebuild and sweep their own states only', async (first, second) => {
    await fill(redis, first, 1, ['c1', 'only-first']);
    await fill(redis, second, 1, ['c1']);
    expect(await held(first)).toBe(`${first} 1 c1`);
    expect(await held(second)).toBe(`${second} 1 c1`);
    expect(await held(second, 'only-first')).toBeUndefined();
    await fill(redis, first, 2, ['c1']);
    expect(await store.dropOtherGenerations(first, 3)).toBe(1);
    expect(await held(second)).toBe(`${second} 1 c1`);
    expect(await store.mark(second)).toEqual(mark(1));
  });

  test.each(['2:purchases@1:c1', 'shop:online', '*', 'c 1\n', 'ü'])(
    'a customer may be called %j',
    async (id) => {
      await fill(redis, 'shop', 1, [id, 'c1']);
      await fill(redis, 'other', 1, ['c1']);
      expect(await held('shop', id)).toBe(`shop 1 ${id}`);
      expect(await held('shop')).toBe('shop 1 c1');
      expect(await store.dropOtherGenerations('shop', 1)).toBe(0);
      expect(await held('other', id)).toBeUndefined();
    },
  );
});

describe('an incomplete store', () => {
  test.each([
    ['emptied', () => server.flush()],
    ['without its mark', () => redis.del(markKey('shop'))],
    ['with a mark that is no JSON', () => redis.set(markKey('shop'), 'yes')],
    ['with a mark of another shape', () => redis.set(markKey('shop'), '{"generation":1}')],
  ])('%s, says so and shows no state, to a reader that knew it too', async (_, spoil) => {
    await fill(redis, 'shop', 1, ['c1']);
    expect(await held('shop')).toBe('shop 1 c1');
    await spoil();
    const nothing = { mark: null, states: [[null, null]] };
    expect(await store.read('shop', [VIEW], ['c1', 'c2'])).toEqual(nothing);
    await fill(redis, 'shop', 2, ['c1']);
    expect(await held('shop')).toBe('shop 2 c1');
  });

  test('a reader follows rebuilds, and never mixes two', async () => {
    const ids = Array.from({ length: 1_200 }, (_, index) => `c${index}`);
    await fill(redis, 'shop', 1, ids);
    let rebuilding = true;
    const rebuild = async () => {
      for (let generation = 2; generation < 8; generation++) await fill(redis, 'shop', generation, ids);
      rebuilding = false;
    };
    const seen = new Set<number>();
    const readers = async () => {
      const reader = createOnlineStore(redis);
      while (rebuilding) {
        const read = await reader.read('shop', [VIEW], ids);
        const generation = read.mark?.generation ?? 0;
        seen.add(generation);
        expect(read.states[0]?.map((one) => one?.subarray(9).toString())).toEqual(
          ids.map((id) => `shop ${generation} ${id}`),
        );
      }
    };
    await Promise.all([rebuild(), readers()]);
    expect(seen.size).toBeGreaterThan(1);
  });
});
