import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleProject, testFolder } from '@churn/testing';
import { afterAll, expect, test } from '@jest/globals';
import { churn } from './testing/run-churn.ts';

const scratch = testFolder('usage');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function project(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

/** A project file that is right but for its export `files`. */
function filesOf(files: string): string {
  return `export default ${JSON.stringify(sampleProject())};\nexport const files = ${files};`;
}

test.each(
  'up,apply,import,features,features materialize,features status,train,train status,train cancel,models,models list,models show,models promote,predict,batch,batch run,batch status,batch list,batch resume,drift,drift check,keys,keys create,keys list,keys revoke,capacity,doctor'.split(
    ',',
  ),
)('the help of %s has an example', async (command) => {
  const { code, stdout } = await churn([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples?:\n {2}\$ churn \w/);
});

test('churn --help names every exit code', async () => {
  const { code, stdout } = await churn(['--help']);
  expect(code).toBe(0);
  for (const exit of ['0', '1', '2', '65', '66', '69', '77', '78', '130'])
    expect(stdout).toMatch(new RegExp(`^ {2}${exit} `, 'm'));
});

test('an unknown command ends with 2 and suggests the one that was meant', async () => {
  const { code, stdout, stderr } = await churn(['trian']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain("unknown command 'trian'\n(Did you mean train?)");
  expect((await churn(['models', 'lst'])).stderr).toContain('(Did you mean list?)');
});

test.each([
  ['an option without its value', ['import', 'x.csv'], '--source'],
  ['a number that is none', ['train', '--trees', 'many'], "'many' is invalid"],
  ['a size below one', ['capacity', '--customers', '-5'], 'a whole number from 1'],
  ['a plan for nobody', ['capacity'], '--customers'],
  ['a stage that is none', ['models', 'promote', 'm', '1', '--stage', 'Live', '-r', 'x'], 'Production'],
  ['a file of another kind', ['import', import.meta.filename, '--source', 's'], '.csv or .parquet'],
])('%s is wrong usage: exit code 2', async (_what, args, says) => {
  const { code, stdout, stderr } = await churn(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});

test('wrong settings are named, with exit code 78', async () => {
  const { code, stderr } = await churn(['models', 'list'], {
    CHURN_CONTROL_URL: 'ftp://x',
    CHURN_PROJCET: 'shop',
  });
  expect(code).toBe(78);
  expect(stderr).toContain('CHURN_CONTROL_URL: expected a URL');
  expect(stderr).toContain('CHURN_PROJCET: there is no such setting; did you mean CHURN_PROJECT?');
});

test.each([
  ['that is not there', () => join(scratch, 'none'), 'there is no such file'],
  ['that does not parse', () => project('syntax.ts', 'export default {{'), 'cannot be loaded: '],
  ['without a default export', () => project('empty.ts', 'export const x = 1;'), 'has no default export'],
  [
    'that names files of a source it has not',
    () => project('files.ts', filesOf('{ order: { file: "x.csv" } }')),
    'files names the source "order", which the project does not define; it has orders',
  ],
  [
    'that names files wrongly',
    () => project('files-wrong.ts', filesOf('{ orders: "x.csv" }')),
    'files is not right: write export const files = {',
  ],
  ['that defines nonsense', () => project('bad.ts', 'export default { project: 7 };'), 'is not right yet'],
])(
  'a project file %s is named with the reason, by apply and by up: exit code 78',
  async (_what, file, says) => {
    const path = file();
    for (const args of [
      ['apply', path],
      ['up', path, '--once', '--state', join(scratch, 'state')],
    ]) {
      const { code, stdout, stderr } = await churn(args);
      expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
      expect(stderr.split('\n')[0]).toContain(`churn: ${path}`);
      expect(stderr).toContain(says);
    }
  },
);

test('a file that is not there is named, with exit code 66', async () => {
  const { code, stderr } = await churn(['import', '/nowhere/x.csv', '--source', 's']);
  expect({ code, stderr }).toEqual({ code: 66, stderr: 'churn: /nowhere/x.csv: there is no such file.\n' });
});
