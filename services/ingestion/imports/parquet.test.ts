import { readFileSync } from 'node:fs';
import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { importOrders } from '../testing/changes.ts';
import { servedAfterRebuild } from '../testing/online-states.ts';
import { createWorld, type World } from '../testing/world.ts';

const shop = sampleProject();
const worlds: World[] = [];
let context: Context;
beforeAll(async () => {
  context = await shopContext();
});
afterAll(async () => {
  for (const world of worlds) await world.close();
});

async function shopContext(): Promise<Context> {
  const world = await createWorld(shop);
  worlds.push(world);
  return world.process();
}

/** The bytes of a query's rows as a file. */
async function fileOf(select: string, format: 'csv' | 'parquet'): Promise<Buffer> {
  const duck = await context.openDuck();
  const path = context.lakePath(`made.${format}`);
  await duck.run(`COPY (${select}) TO '${path}' (FORMAT ${format})`).finally(() => duck.close());
  return readFileSync(path);
}

/** Orders as a table has them: typed columns, one instant of the day among them. */
const ORDERS = `SELECT 'c' || (i % 7) AS customer_id, TIMESTAMPTZ '2026-01-01 00:00:00Z' + i * INTERVAL '7 hours 1 microsecond' AS ordered_at,
  (i * 1.37)::DECIMAL(12, 2) AS amount, (i % 5)::INTEGER AS quantity FROM range(100) t(i)`;
const AS_TEXT = `SELECT customer_id, strftime(ordered_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS ordered_at, amount, quantity FROM (${ORDERS})`;

test('Parquet gives the rows and features that CSV gives', async () => {
  const customers = Array.from({ length: 7 }, (_, i) => `c${i}`);
  const outcomes = [];
  for (const [format, select] of [
    ['parquet', ORDERS],
    ['csv', AS_TEXT],
  ] as const) {
    const own = await shopContext();
    const { import_id: _id, ...result } = await importOrders(own, shop, await fileOf(select, format), {
      format,
    });
    outcomes.push({ result, features: await servedAfterRebuild(own, shop, customers) });
  }
  expect(outcomes[0]?.result).toMatchObject({ rows_read: 100, rows_imported: 100 });
  expect(outcomes[0]).toEqual(outcomes[1]);
});

const changed = (changes: string) => `SELECT * REPLACE (${changes}) FROM (${ORDERS})`;

test.each([
  [
    'times without a zone',
    changed('ordered_at::TIMESTAMP AS ordered_at'),
    'Column ordered_at has times without a zone.*Write them in UTC: in pandas .*tz_localize',
  ],
  [
    'times without a zone in nanoseconds, as pandas writes them',
    changed('ordered_at::TIMESTAMP::TIMESTAMP_NS AS ordered_at'),
    'Column ordered_at has times without a zone.*Write them in UTC',
  ],
  ['no rows', `${ORDERS} LIMIT 0`, 'has columns but no rows'],
  ['a flag for a number', changed('(quantity > 1) AS quantity'), 'column quantity: is not a decimal number'],
  ['a list for an id', changed('[1, 2]::INTEGER[] AS amount'), 'column amount: is not a decimal number'],
  ['more decimals than declared', changed('1.375 AS amount'), 'column amount: has more than 2 decimals'],
  ['a null id', changed('NULL::VARCHAR AS customer_id'), 'row 1, column customer_id: is empty'],
  [
    'no column quantity',
    `SELECT * EXCLUDE (quantity) FROM (${ORDERS})`,
    'has no column quantity.*the file has',
  ],
])('a Parquet file is refused with column and reason that has %s', async (_, select, message) => {
  const body = await fileOf(select, 'parquet');
  await expect(importOrders(context, shop, body, { format: 'parquet' })).rejects.toThrow(new RegExp(message));
});

test('bad rows of Parquet, which has no lines, are named by their row', async () => {
  const own = await shopContext();
  const body = await fileOf(changed("nullif(customer_id, 'c3') AS customer_id"), 'parquet');
  const sent = (onError: 'stop' | 'skip') => importOrders(own, shop, body, { format: 'parquet', onError });
  await expect(sent('stop')).rejects.toMatchObject({
    message: expect.stringContaining(', row 4, column customer_id: is empty. 14 rows are bad in all'),
    extras: {
      errors: expect.arrayContaining([{ row: 11, column: 'customer_id', value: '', reason: 'is empty' }]),
    },
  });
  const { errors } = await sent('skip');
  expect(errors.map((error) => 'row' in error && error.row).slice(0, 3)).toEqual([4, 11, 18]);
});

test('a null number is a missing value', async () => {
  const body = await fileOf(changed('NULL::DOUBLE AS amount'), 'parquet');
  expect(await importOrders(context, shop, body, { format: 'parquet' })).toMatchObject({
    rows_imported: 100,
  });
});

test('a double is read as the shortest decimal that it is', async () => {
  const body = await fileOf(changed('(11.77)::DOUBLE AS amount'), 'parquet');
  expect(await importOrders(context, shop, body, { format: 'parquet' })).toMatchObject({
    rows_imported: 100,
  });
});
