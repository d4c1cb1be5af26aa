import { createServer } from 'node:net';
import { createTestDatabase, eventually, type TestDatabase } from '@churn/testing';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Pool } from 'pg';
import { checkPostgres, createPool, inTransaction, type PoolOptions } from './postgres.ts';
import { capturedLog } from './testing/captured-log.ts';

let database: TestDatabase;
const pools: Pool[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('CREATE TABLE note (id int)');
});
afterEach(async () => {
  jest.useRealTimers();
  for (const pool of pools.splice(0)) await pool.end();
});
afterAll(() => database.drop());

function poolOf(options: Partial<PoolOptions> = {}, url = database.url): Pool {
  const pool = createPool(url, { applicationName: 'under-test', max: 1, ...options });
  pools.push(pool);
  return pool;
}

/** Ends every connection of the pools above, as a restarting server would. */
const terminate = () =>
  database.pool.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'under-test' AND datname = current_database()`,
  );

describe('a pool', () => {
  test('has a limit on each wait at the server, and is known there by name', async () => {
    const { rows } = await poolOf().query(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('application_name') AS name`,
    );
    expect(rows).toEqual([{ statement: '30s', idle: '10s', name: 'under-test' }]);
  });

  test('ends a statement at its limit and goes on with the next', async () => {
    const pool = poolOf({ statementTimeoutMs: 50 });
    await expect(pool.query('SELECT pg_sleep(60)')).rejects.toThrow('due to statement timeout');
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('gives up after 5 s on a server that takes the connection and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const refused = expect(poolOf({}, `postgres://x@127.0.0.1:${port}/x`).query('SELECT 1')).rejects.toThrow(
      /timeout/,
    );
    await jest.advanceTimersByTimeAsync(5_000);
    await refused;
    silent.close();
  });

  test('that has no connection free gives up after 5 s as well', async () => {
    const pool = poolOf();
    const client = await pool.connect();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const refused = expect(pool.query('SELECT 1')).rejects.toThrow(/timeout/);
    await jest.advanceTimersByTimeAsync(5_000);
    await refused;
    client.release();
  });

  test('says that it lost an idle connection, and makes another', async () => {
    const { log, lines } = capturedLog();
    const pool = poolOf({ log });
    await pool.query('SELECT 1');
    await terminate();
    await eventually(() => lines.length > 0);
    expect(lines[0]).toMatchObject({ level: 'warn', message: 'idle Postgres connection lost' });
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('outlives the loss of a connection in use between two statements', async () => {
    const pool = poolOf();
    await expect(
      inTransaction(pool, async (client) => {
        await client.query('INSERT INTO note VALUES (1)');
        const lost = new Promise((resolve) => client.once('end', resolve));
        await terminate();
        await lost;
        await client.query('SELECT 1');
      }),
    ).rejects.toThrow(/not queryable|terminat/i);
    expect((await pool.query('SELECT * FROM note')).rows).toEqual([]);
  });
});

describe('a bigint', () => {
  test('is a number, and null and others are as they were', async () => {
    const { rows } = await poolOf().query(
      'SELECT 9007199254740991::int8 AS big, NULL::int8 AS none, 1.5::numeric AS n',
    );
    expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER, none: null, n: '1.5' }]);
  });

  test('that a number cannot hold is an error, which says what to do', async () => {
    await expect(poolOf().query('SELECT 9007199254740992::int8')).rejects.toThrow(
      'bigint 9007199254740992 is beyond 2^53; cast it to text in the query',
    );
  });
});

describe('a transaction', () => {
  test('gives what the work gives, and is committed', async () => {
    const pool = poolOf();
    expect(
      await inTransaction(
        pool,
        async (client) => (await client.query('INSERT INTO note VALUES (2)')).rowCount,
      ),
    ).toBe(1);
    expect((await database.pool.query('DELETE FROM note')).rowCount).toBe(1);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('changed my mind'))],
    ['fails in SQL', (pool: Pool) => pool.query('SELECT 1 / 0')],
  ])('whose work %s leaves nothing, and its connection is of use again', async (_what, fail) => {
    const pool = poolOf();
    const failed = inTransaction(pool, async (client) => {
      await client.query('INSERT INTO note VALUES (3)');
      await fail(database.pool);
    });
    await expect(failed).rejects.toThrow(/changed my mind|division by zero/);
    expect((await pool.query('SELECT * FROM note')).rows).toEqual([]);
    expect(pool.totalCount).toBe(1);
  });
});

test('a Postgres that cannot be reached is named without credentials, with what to check', async () => {
  const url = 'postgres://churn:hunter2@127.0.0.1:1/churn';
  await expect(checkPostgres(poolOf({}, url), url)).rejects.toThrow(
    /^Postgres at postgres:\/\/\*\*\*@127\.0\.0\.1:1\/churn cannot be reached \(.*ECONNREFUSED.*\)\. Check DATABASE_URL and that the server runs\.$/,
  );
  await expect(checkPostgres(poolOf(), database.url)).resolves.toBeUndefined();
});
