import { readFileSync } from 'node:fs';
import type { ProjectIr } from '@churn/features';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { findImportById } from '../queries/file-imports.ts';
import { importOrders } from '../testing/changes.ts';
import { createWorld, keyedShop, PROJECT, type World } from '../testing/world.ts';

const keyed: ProjectIr = keyedShop();
let world: World;
let context: Context;
beforeAll(async () => {
  world = await createWorld(keyed);
  context = world.process();
});
afterAll(() => world.close());

const skip = { onError: 'skip' } as const;
const HEADER = 'event_id,customer_id,ordered_at,amount,quantity\n';
const importRows = (rows: string, changes = {}) => importOrders(context, keyed, HEADER + rows, changes);

async function rejectsOf(importId: string): Promise<string> {
  const found = await findImportById(context.pool, PROJECT, importId);
  return readFileSync(context.lakePath(found?.rejects_path ?? ''), 'utf8');
}

test('the rejects file has each rejected line as it was, those that are no records too', async () => {
  const bad = [
    'r2,c2,2026-01-02,oops,1\n',
    'r3,c3,2026-01-03,1.00\n',
    '"r4","c\n4",2026-01-04,"1.00",1\n',
    'r5,c5,2026-01-05,1.00,1,extra\n',
    'r6,c6,2026-01-06,1.001,1\n',
  ];
  const [second = '', third = '', ...rest] = bad;
  const rows = `r1,c1,2026-01-01,1.00,1\n${second}${third}\nr7,c7,2026-01-07,"7.00",1\n${rest.join('')}r8,c8,2026-01-08,1.00,1`;
  const result = await importRows(rows, skip);
  expect(result).toMatchObject({ rows_read: 8, rows_imported: 3, rows_rejected: 5 });
  const [header, ...lines] = (await rejectsOf(result.import_id)).split(/(?<=\n)/);
  expect(header).toContain('customer_id');
  expect(lines.join('')).toBe(bad.join(''));
  expect(result.errors).toMatchObject([
    { line: 3, column: 'amount' },
    { line: 4, column: 'quantity' },
    { line: 7, column: 'customer_id' },
    { line: 9, column: '' },
    { line: 10, column: 'amount' },
  ]);
});

test('lines may end in CR LF', async () => {
  const rows = ['w1,c1,2026-01-01,1.00,1', 'w2,c2,2026-01-02', 'w3,c3,2026-01-03,1.00,1', ''].join('\r\n');
  const result = await importOrders(context, keyed, HEADER.replace('\n', '\r\n') + rows, skip);
  expect(result).toMatchObject({ rows_imported: 2, rows_rejected: 1 });
  expect(result.errors).toMatchObject([{ line: 3, reason: 'has fewer columns than the header' }]);
  expect(await rejectsOf(result.import_id)).toBe(`${HEADER.trim()}\r\nw2,c2,2026-01-02\r\n`);
});

test('a quote within a value opens none, so later rows keep their lines', async () => {
  const bad = ['badA,c1,2026-01-01,x,1\n', 'badB,c2,2026-01-01,y,1\n'];
  const rows = `q"1,c1,2026-01-01,1.00,1\n${bad[0]}q2, "c, ""\n2",2026-01-01,1.00,1\nq3,c3,2026-01-01,1.00,1\n${bad[1]}`;
  const result = await importRows(rows, skip);
  expect(result.errors).toMatchObject([
    { line: 3, column: 'amount' },
    { line: 4, column: 'customer_id' },
    { line: 7, column: 'amount' },
  ]);
  expect(await rejectsOf(result.import_id)).toBe(
    `${HEADER}${bad[0]}q2, "c, ""\n2",2026-01-01,1.00,1\n${bad[1]}`,
  );
});

test('a rejects file that was mended is imported', async () => {
  const result = await importRows('m1,c1,2026-01-01,1.00,1\nm2,c2,2026-01-02,x,1', skip);
  const [, ...lines] = (await rejectsOf(result.import_id)).split(/(?<=\n)/);
  expect(lines).toEqual(['m2,c2,2026-01-02,x,1\n']);
  const mended = await importRows(lines.join('').replace('x', '2.00'), skip);
  expect(mended).toMatchObject({ rows_imported: 1, rows_rejected: 0, rejects: null });
});

test('a key that is known with other content is rejected by name, one with the same content is counted', async () => {
  await importRows('k1,c1,2026-01-01,1.00,1\nk2,c1,2026-01-01,1.00,1\n');
  const again = await importRows('k1,c1,2026-01-01,9.00,1\nk2,c1,2026-01-01,1.00,1\n', skip);
  expect(again).toMatchObject({ rows_imported: 0, rows_repeated: 1, rows_rejected: 1 });
  expect(again.errors).toEqual([
    { line: 2, column: 'event_id', value: 'k1', reason: 'is known already, with other content' },
  ]);
  expect(await rejectsOf(again.import_id)).toContain('k1,c1,2026-01-01,9.00,1\n');
});

test('with stop, a key that is known with other content refuses the file, and nothing of it is imported', async () => {
  await importRows('s1,c1,2026-01-01,1.00,1\n');
  const other = 's2,c1,2026-01-01,1.00,1\ns1,c1,2026-01-01,9.00,1\n';
  await expect(importRows(other)).rejects.toThrow(
    /line 3, column event_id: is known already, with other content\. 1 row is bad.*nothing was imported/,
  );
  await expect(importRows('s3,c1,2026-01-01,1.00,1\ns3,c1,2026-01-01,2.00,1\n')).rejects.toThrow('line 3');
  // Neither s2 nor s3 was taken by a file that was refused.
  const later = await importRows('s2,c2,2026-01-02,2.00,1\ns3,c2,2026-01-02,2.00,1\n');
  expect(later).toMatchObject({ rows_imported: 2 });
});
