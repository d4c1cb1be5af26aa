import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsProject, sampleProject, testFolder } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectImports } from './project-imports.ts';

const dir = testFolder('imports');
beforeAll(() => {
  for (const name of ['table.csv', 'shop_orders.csv', 'contracts.parquet'])
    writeFileSync(join(dir, name), '');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const shop = sampleProject();
const finished = { ...shop, sources: shop.sources.map((source) => ({ ...source, static: true })) };
const contracts = contractsProject();

describe('the files of a project', () => {
  test('are found by the names of its sources, and a finished data set is shifted', () => {
    const file = join(dir, 'shop_orders.csv');
    const found = { source: 'orders', file, asOf: undefined };
    expect(projectImports(dir, shop, {})).toEqual([{ ...found, shiftEnd: undefined }]);
    expect(projectImports(dir, finished, {})).toEqual([{ ...found, shiftEnd: 'yesterday' }]);
  });

  test('are what it says: several sources may read one file, as of different instants', () => {
    const files = {
      outcomes: { file: 'table.csv', asOf: '2026-02-01' },
      contracts: { file: 'table.csv', asOf: '2026-01-01' },
    };
    const file = join(dir, 'table.csv');
    expect(projectImports(dir, contracts, files)).toEqual([
      { source: 'contracts', file, asOf: '2026-01-01', shiftEnd: undefined },
      { source: 'outcomes', file, asOf: '2026-02-01', shiftEnd: undefined },
    ]);
  });

  test.each([
    [
      contracts,
      {},
      'Source contracts has no timestamp column, so churn.project.ts must say as of when contracts.parquet holds: export const files = { contracts:',
    ],
    [
      shop,
      { orders: { file: 'table.csv', asOf: '2026-01-01' } },
      'Source orders has times of its own in the column ordered_at; leave asOf out',
    ],
    [shop, { orders: { file: 'order.csv' } }, 'order.csv: there is no such file; files.orders names it.'],
  ])('are refused with the line to write', (ir, files, message) => {
    expect(() => projectImports(dir, ir, files)).toThrow(message);
  });
});
