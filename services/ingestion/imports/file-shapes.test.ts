import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { findImportById } from '../queries/file-imports.ts';
import { importOrders } from '../testing/changes.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';

const shop = sampleProject();
let world: World;
let context: Context;
beforeAll(async () => {
  world = await createWorld(shop);
  context = world.process();
});
afterAll(() => world.close());

const HEADER = 'customer_id,ordered_at,amount,quantity\n';
const ROW = 'c1,2026-01-01,1.00,1\n';
const crlf = (text: string) => text.replaceAll('\n', '\r\n');

test.each([
  ['begins with a byte order mark', `\ufeff${HEADER}${ROW}`],
  ['ends its lines in CR LF', crlf(HEADER + ROW)],
  ['ends its lines in CR', (HEADER + ROW).replaceAll('\n', '\r')],
  ['has empty lines of another kind', `${HEADER}\n\r\n${ROW}\r\n`],
  ['has columns that nobody asked for, with newlines in them', `note,${HEADER}"a\nb, ""c""",${ROW}`],
  ['has no newline at its end', HEADER + ROW.trim()],
])('a file is imported that %s', async (_, text) => {
  expect(await importOrders(context, shop, text)).toMatchObject({ rows_read: 1, rows_imported: 1 });
});

test.each<[string, string | Buffer, string]>([
  ['semicolons', (HEADER + ROW).replaceAll(',', ';'), 'separated by ";"; separate them by commas'],
  ['gzip', gzipSync(HEADER + ROW), 'compressed with gzip. Unpack it with gunzip'],
  ['Parquet', Buffer.from('PAR1\x15\x04\x15\x00\n', 'latin1'), 'it is Parquet. Name it .parquet'],
  ['a header only', HEADER, 'a header but no rows'],
  ['nothing', '', 'is empty. The first line must name the columns'],
  [
    'other columns',
    `a,b\n${ROW}`,
    'has no column customer_id.*the file has a, b. Name the columns so in the first line: .*; or say in the definitions what the file calls a field',
  ],
  ['no header', ROW + ROW, 'has no column customer_id.*the file has c1, 2026-01-01'],
  [
    'a column twice',
    HEADER.replace('amount', 'amount,"amount"'),
    'Line 1 names the column amount twice. Rename',
  ],
  [
    'a header with a quote without end',
    `"${HEADER}${ROW}`,
    'line 1.*a quoted value that does not end; close it',
  ],
  [
    'bytes of another kind',
    Buffer.from([1, 0, 2, 10, 34, 0]),
    'line 1 has a NUL byte.*Export the file as CSV',
  ],
])('a file is refused with place and remedy that has %s', async (_, body, message) => {
  for (const onError of ['stop', 'skip'] as const) {
    const refused = importOrders(context, shop, body, { onError });
    await expect(refused).rejects.toThrow(new RegExp(message));
    await expect(refused).rejects.not.toThrow(world.lake.path);
  }
});

test.each<[string, string | Buffer, string]>([
  ['a NUL byte', `${HEADER}c\0,2026-01-01,1.00,1\n${ROW}`, 'has control characters'],
  ['Latin-1', Buffer.from(`${HEADER}c\xe9,2026-01-01,1.00,1\n${ROW}`, 'latin1'), 'is not UTF-8'],
  ['a newline in an id', `${HEADER}"c\n1",2026-01-01,1.00,1\n${ROW}`, 'has control characters'],
])('a row is named by line and column, and can be skipped, that has %s', async (_, body, reason) => {
  await expect(importOrders(context, shop, body)).rejects.toThrow(`line 2, column customer_id: ${reason}`);
  const skipped = await importOrders(context, shop, body, { onError: 'skip' });
  expect(skipped).toMatchObject({ rows_imported: 1, rows_rejected: 1 });
  expect(skipped.errors).toMatchObject([{ line: 2, column: 'customer_id', reason }]);
});

test('a file whose lines end in CR LF here and in LF there is imported whole', async () => {
  const text = `${crlf(HEADER + ROW)}${ROW}"c""2",2026-01-01,1.00,1\r\n`;
  expect(await importOrders(context, shop, text)).toMatchObject({ rows_read: 3, rows_imported: 3 });
});

const LONG = `${'x'.repeat(1 << 20)},2026-01-01,1.00,1\n`;
const VERY_LONG = `${'x'.repeat(3e6)},2026-01-01,1.00,1\n`;
test.each<[string, string, string]>([
  ['a record longer than 1 MiB', LONG, 'is longer than 1048576 bytes'],
  ['a record longer than one read of the file', VERY_LONG, 'is longer than 1048576 bytes'],
  ['text after a quoted value', '"q1"x,2026-01-01,1.00,1\n', 'has text after a quoted value'],
  ['a CR within a value', 'c1,2026-01-01,1\r.00,1\n', 'has fewer columns than the header'],
])('one row is rejected, in the first line or later, that has %s', async (_, bad, reason) => {
  for (const [text, line] of [
    [`${HEADER}${bad}${ROW}`, 2],
    [`${HEADER}${ROW}${bad}${ROW}`, 3],
  ] as const) {
    const message = new RegExp(`^orders.csv, line ${line}[:,].*${reason}`);
    await expect(importOrders(context, shop, text)).rejects.toThrow(message);
    const skipped = await importOrders(context, shop, text, { onError: 'skip' });
    expect(skipped).toMatchObject({ rows_imported: line - 1 });
    expect(skipped.errors[0]).toMatchObject({ line, reason: expect.stringContaining(reason) });
    const [header, ...rejected] = (await rejectsOf(skipped.import_id)).split(/(?<=\n)/);
    expect([header, rejected.join('')]).toEqual([HEADER, bad]);
  }
});

test('a quote that does not end takes the rest of the file, into the rejects file too', async () => {
  const open = `"c1,2026-01-01,1.00,1\n${ROW}`;
  const skipped = await importOrders(context, shop, HEADER + ROW + open, { onError: 'skip' });
  expect(skipped).toMatchObject({ rows_imported: 1, rows_rejected: 1 });
  expect(skipped.errors).toMatchObject([
    { line: 3, reason: expect.stringContaining('does not end; close it') },
  ]);
  expect(await rejectsOf(skipped.import_id)).toBe(HEADER + open);
});

async function rejectsOf(importId: string): Promise<string> {
  const found = await findImportById(context.pool, PROJECT, importId);
  return readFileSync(context.lakePath(found?.rejects_path ?? ''), 'utf8');
}

test('a file that is no Parquet is refused, without the path of where it was kept', async () => {
  const refused = importOrders(context, shop, HEADER + ROW, { format: 'parquet' });
  await expect(refused).rejects.toThrow('Check that it is a parquet file and whole');
  await expect(refused).rejects.not.toThrow(world.lake.path);
});

test('keys that are together too long for the index are refused in words', async () => {
  const key = ['k1', 'k2', 'k3'];
  const sources = shop.sources.map((source) => ({ ...source, event_key: key }));
  // Four bytes each, and no two alike: nothing that Postgres could compress.
  const values = key.map((_, i) =>
    Array.from({ length: 256 }, (__, j) => String.fromCodePoint(0x20000 + i * 12_345 + j * 97)).join(''),
  );
  const text = `${[...key, HEADER].join(',')}${[...values, ROW].join(',')}`;
  await expect(importOrders(context, { ...shop, sources }, text)).rejects.toThrow(
    'longer than 2,700 bytes in some row, so nothing was imported. Shorten them',
  );
});
