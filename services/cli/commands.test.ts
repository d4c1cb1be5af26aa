import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf } from '@churn/embedded';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
  testFolder,
} from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freeUrls } from './testing/ports.ts';
import { familyOf } from './testing/processes.ts';
import { CDNOW, churn, churnJson } from './testing/run-churn.ts';
import { scratchState, startUp, type UpProcess } from './testing/up-process.ts';

const MODEL = 'customer_churn_model';
const scratch = testFolder('cli');
const state = scratchState();
let db: TestDatabase;
let redis: TestRedis;
let env: Record<string, string>;
let up: UpProcess;

beforeAll(async () => {
  [db, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  env = { ...(await freeUrls()), CHURN_PROJECT: 'cdnow' };
  up = startUp(state.path, { ...env, DATABASE_URL: db.url, REDIS_URL: redis.url });
  await up.reached('Serving.');
});

afterAll(async () => {
  up.interrupt();
  await up.exited;
  await db.drop();
  await redis.stop();
  state.remove();
  rmSync(scratch, { recursive: true, force: true });
});

function csv(name: string, ...rows: string[]): string {
  const path = join(scratch, name);
  writeFileSync(path, `${['customer_id,date,quantity,amount', ...rows].join('\n')}\n`);
  return path;
}

const GOOD = '90001,1998-01-05,1,12.50';
const BAD = '90002,1998-13-05,1,5.00';

test('the servers of DATABASE_URL and REDIS_URL are used, and none is started beside them', () => {
  expect(up.output()).toContain('PostgreSQL from DATABASE_URL, Redis from its URL');
  const family = familyOf(up.pid).map(commandOf).join('\n');
  expect(family).toContain('services/inference/main.ts');
  expect(family).not.toMatch(/redis-server|postgres -D/);
});

test('the curl line of the summary works when pasted', () => {
  const line = up.output().match(/Try it:\n\s+(curl .*)/)?.[1] ?? '';
  const answer: unknown = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
  expect(answer).toMatchObject({ churn_risk: 'high' });
});

test.each([
  [['models', 'list'], { versions: [{ model: MODEL, version: 1, stage: 'Production' }] }],
  [['models', 'show', MODEL, '1'], { manifest: { model: MODEL } }],
  [['batch', 'status'], { state: 'succeeded', customers: 23_570 }],
  [['batch', 'list'], { runs: [{ state: 'succeeded' }] }],
  [['drift'], { state: 'succeeded', model: MODEL }],
  [['features', 'status'], { complete: true }],
  [['features', 'materialize'], { customers: expect.any(Number) }],
  [['apply', CDNOW], { project: 'cdnow', changed: false }],
  [['predict', '00001'], { predictions: [{ customer_id: '00001' }] }],
  [['keys', 'list'], { keys: [] }],
  [['train', '--no-wait'], { run_id: expect.any(String) }],
])('%j prints one JSON document and nothing else', async (args, expected) => {
  const { code, stderr, value } = await churnJson(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(value).toMatchObject(expected);
});

test('doctor finds six services that are ready', async () => {
  const { code, value } = await churnJson(['doctor'], env);
  expect(code).toBe(0);
  expect(value).toEqual(Array.from({ length: 6 }, () => expect.objectContaining({ ok: true })));
});

test('a service that is away costs one line with its URL and the remedy, and exit code 69', async () => {
  const away = { ...env, CHURN_CONTROL_URL: 'http://127.0.0.1:9' };
  const list = await churn(['models', 'list'], away);
  expect(list).toEqual({
    code: 69,
    stdout: '',
    stderr:
      'churn: control is not reachable at http://127.0.0.1:9 (connection refused). Start the platform (npm start), or set CHURN_CONTROL_URL.\n',
  });
  const doctor = await churn(['doctor'], away);
  expect(doctor.code).toBe(69);
  expect(doctor.stdout).toMatch(/control\s.*NOT OK\s+not reachable/);
});

test('import stops at a bad row with its line, column and reason, and imports nothing', async () => {
  const before = await churnJson(['features', 'status'], env);
  const { code, stdout, stderr } = await churn(
    ['import', csv('stop.csv', GOOD, BAD), '--source', 'transactions'],
    env,
  );
  expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
  expect(stderr).toContain('line 3, column date: is not a day of the calendar ("1998-13-05")');
  const after = await churnJson(['features', 'status'], env);
  expect(after.value).toEqual(before.value);
});

test('import --on-error skip imports the good rows, counts the others and says where they are', async () => {
  const file = csv('skip.csv', GOOD, BAD);
  const { code, stdout, stderr } = await churn(
    ['import', file, '--source', 'transactions', '--on-error', 'skip'],
    env,
  );
  expect(code).toBe(0);
  expect(stdout).toContain('1 of 2 rows imported');
  expect(stdout).toContain(`1 row was rejected; it is in ${file}.rejects.csv`);
  expect(readFileSync(`${file}.rejects.csv`, 'utf8')).toContain('90002,1998-13-05');
  // Not a terminal: plain lines, nothing redrawn, no colour.
  expect(stderr).toBe('parsing and storing skip.csv\n');
});

test('import --on-error skip of a file whose rows are all bad ends with 65, the rows kept', async () => {
  const file = csv('bad.csv', BAD, BAD);
  const skip = ['import', file, '--source', 'transactions', '--on-error', 'skip'];
  const { code, stdout, stderr } = await churn(skip, env);
  expect(code).toBe(65);
  expect(stdout).toContain('0 of 2 rows imported');
  expect(stderr).toContain(`all 2 rows were rejected, so nothing was imported. Mend ${file}.rejects.csv`);
  expect(readFileSync(`${file}.rejects.csv`, 'utf8')).toContain('90002,1998-13-05');
});

test('what is not there ends with 66, what is not valid with 65, a refusal with 1, each saying why', async () => {
  const unknown = await churn(['models', 'show', MODEL, '77'], env);
  expect(unknown.code).toBe(66);
  expect(unknown.stderr).toContain(`no version 77 of model "${MODEL}"`);
  const invalid = await churn(['train', '--model', 'nope'], env);
  expect(invalid.code).toBe(65);
  expect(invalid.stderr).toMatch(/^churn: Project cdnow defines no model "nope"; it has .*\n$/);
  const refused = await churn(['models', 'promote', MODEL, '1', '--reason', 'again'], env);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('it is in Production already');
});

test.each(['models list', 'batch list', 'train status', 'drift', 'keys list', 'features status'])(
  'churn %s of a project that is none ends with 66, and says which there are and what to do',
  async (command) => {
    const { code, stdout, stderr } = await churn([...command.split(' '), '--project', 'nope'], env);
    expect({ code, stdout, stderr }).toEqual({
      code: 66,
      stdout: '',
      stderr:
        'churn: There is no project "nope" (there is "cdnow"). Name one of those, or make it: churn apply.\n  The project is --project, else CHURN_PROJECT.\n',
    });
  },
);

test('a batch run is waited for, with its progress in plain lines on stderr', async () => {
  const { code, stdout, stderr } = await churn(['batch', 'run'], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run \S+ for \S+: succeeded/);
  expect(stderr).toMatch(/customers/);
});

test('a fault with --json is one JSON line on stderr, and stdout stays empty', async () => {
  const { stdout, stderr } = await churn(['models', 'show', MODEL, '77', '--json'], env);
  expect(stdout).toBe('');
  expect(JSON.parse(stderr)).toMatchObject({ status: 404 });
});
