import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  createTestDatabase,
  createTestRedis,
  eventually,
  insertProject,
  type TestDatabase,
  type TestRedis,
} from './index.ts';
import { slowest, tally } from './tally-reporter.ts';

describe('a test database', () => {
  let first: TestDatabase;
  let second: TestDatabase;
  beforeAll(async () => {
    [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  test('has every migration and is separate from the others', async () => {
    await insertProject(first.pool);
    const count = 'SELECT count(*)::int AS n FROM definition_set';
    expect((await first.pool.query(count)).rows).toEqual([{ n: 1 }]);
    expect((await second.pool.query(count)).rows).toEqual([{ n: 0 }]);
  });
});

describe('a test Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await createTestRedis();
  });
  afterAll(() => redis.stop());

  test('comes back empty at the same URL after a stop', async () => {
    await withClient(redis.url, (client) => client.set('key', 'value'));
    await redis.stop();
    await redis.start();
    expect(await withClient(redis.url, (client) => client.get('key'))).toBeNull();
  });

  test('forgets everything on flush', async () => {
    await withClient(redis.url, (client) => client.set('key', 'value'));
    await redis.flush();
    expect(await withClient(redis.url, (client) => client.dbsize())).toBe(0);
  });
});

describe('eventually', () => {
  test('returns the first answer', async () => {
    let calls = 0;
    expect(await eventually(() => (++calls < 3 ? null : calls))).toBe(3);
  });

  test('ends with the last error when time is up', async () => {
    const never = () => Promise.reject(new Error('still closed'));
    await expect(eventually(never, { timeoutMs: 50 })).rejects.toThrow('still closed');
  });
});

describe('the last line of a run', () => {
  const counts = {
    numPassedTests: 3,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 0,
    numTodoTests: 0,
  };

  test('counts a file that could not be loaded as a failure', () => {
    expect(tally(counts)).toBe('3 passed, 2 failed');
  });

  test('names skipped tests only when there are some', () => {
    expect(tally({ ...counts, numPendingTests: 2 })).toBe('3 passed, 2 failed, 2 skipped');
  });

  test('the slowest tests of a whole run are listed, the slowest first', () => {
    const file = (fullName: string, duration: number) => ({ testResults: [{ fullName, duration }] }) as never;
    const files = Array.from({ length: 60 }, (_, i) => file(`test ${i}`, i * 100));
    expect(slowest({ testResults: files }).slice(0, 3)).toEqual([
      'Slowest tests:',
      '    5.9 s  test 59',
      '    5.8 s  test 58',
    ]);
    expect(slowest({ testResults: files })).toHaveLength(11);
    expect(slowest({ testResults: files.slice(0, 5) })).toEqual([]);
  });
});

test('typed arrays are those of the outer realm, as native modules want them', () => {
  expect(new Float32Array(1) instanceof Object.getPrototypeOf(Uint8Array)).toBe(true);
  expect(Buffer.from('a').buffer).toBeInstanceOf(ArrayBuffer);
});

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
