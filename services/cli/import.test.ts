import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Answering, answering } from './testing/answers.ts';
import { churnHere } from './testing/run-here.ts';

const ID = '7c0f6d1e-5b0e-4c56-9d4e-0f3f5a1f6f2a';
const result = {
  import_id: ID,
  source: 'orders',
  file_name: 'w.csv',
  already_imported: false,
  rows_read: 3,
  rows_imported: 2,
  rows_rejected: 1,
  rows_repeated: 0,
  shift_days: 0,
  as_of: null,
  segments: 1,
  first_occurred_at: null,
  last_occurred_at: null,
  errors: [],
  rejects: `/imports/${ID}/rejects`,
};

let folder: string;
let ingestion: Answering;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), `churn-test-import-${process.pid}-`));
  const upload = 'POST /imports?source=orders&format=csv&on_error=skip&file_name=w.csv';
  ingestion = await answering({
    [upload]: [
      [200, result],
      [200, { ...result, already_imported: true }],
    ],
    [`GET ${result.rejects}`]: [[200, { bad: 'row' }]],
  });
});
afterEach(() => {
  ingestion.close();
  rmSync(folder, { recursive: true });
});

test('rejects that somebody has mended are not written over when the file is sent again', async () => {
  const file = join(folder, 'w.csv');
  const rejects = `${file}.rejects.csv`;
  writeFileSync(file, 'a\n');
  const send = () =>
    churnHere(['import', file, '--source', 'orders', '--on-error', 'skip'], {
      CHURN_INGESTION_URL: ingestion.url,
      CHURN_PROJECT: 'shop',
    });
  expect(await send()).toMatchObject({ code: 0, stdout: expect.stringContaining('1 row was rejected') });
  expect(readFileSync(rejects, 'utf8')).toContain('bad');
  writeFileSync(rejects, 'mended\n');
  const again = await send();
  expect(again.stdout).toContain(
    `imported before; nothing changed. Then 1 row was rejected; it is in ${rejects}, to be mended and imported.`,
  );
  expect(readFileSync(rejects, 'utf8')).toBe('mended\n');
  rmSync(rejects);
  await send();
  expect(readFileSync(rejects, 'utf8')).toContain('bad');
});

test('bad rows are named by their line, and those of Parquet by their row', async () => {
  const fault = { column: 'amount', value: 'x', reason: 'is not a decimal number' };
  const summary = { ...result, rejects: null };
  ingestion.close();
  ingestion = await answering({
    'POST /imports?source=orders&format=csv&on_error=skip&file_name=f.csv': [
      [200, { ...summary, errors: [{ line: 3, ...fault }] }],
    ],
    'POST /imports?source=orders&format=parquet&on_error=skip&file_name=f.parquet': [
      [200, { ...summary, errors: [{ row: 2, ...fault }] }],
    ],
    'POST /imports?source=orders&format=parquet&on_error=stop&file_name=f.parquet': [
      [422, { type: 'x', title: 'x', status: 422, detail: 'Bad.', errors: [{ row: 2, ...fault }] }],
    ],
  });
  const send = (name: string, onError: string) => {
    const file = join(folder, name);
    writeFileSync(file, 'a\n');
    return churnHere(['import', file, '--source', 'orders', '--on-error', onError], {
      CHURN_INGESTION_URL: ingestion.url,
      CHURN_PROJECT: 'shop',
    });
  };
  expect((await send('f.csv', 'skip')).stdout).toMatch(/LINE +.*COLUMN[\s\S]*\b3 .*amount/);
  expect((await send('f.parquet', 'skip')).stdout).toMatch(/ROW +.*COLUMN[\s\S]*\b2 .*amount/);
  expect(await send('f.parquet', 'stop')).toMatchObject({
    code: 65,
    stderr:
      'parsing and storing f.parquet\nchurn: Bad.\n  row 2, column amount: is not a decimal number ("x")\n',
  });
});
