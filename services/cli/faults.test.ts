import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { answering } from './testing/answers.ts';
import { churnHere } from './testing/run-here.ts';

test.each([
  ['rollout --help', 'rollout', 'churn'],
  ['help bogus', 'bogus', 'churn'],
  ['models lst --help', 'lst', 'churn models'],
  ['help models lst', 'lst', 'churn models'],
  ['--project shop models lst -h', 'lst', 'churn models'],
])('the help of a command that there is not is refused: %s', async (args, word, family) => {
  const { code, stdout, stderr } = await churnHere(args.split(' '));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`unknown command '${word}'`);
  expect(stderr).toContain(`(${family} --help shows how)`);
});

test('churn help names a command at any depth', async () => {
  const { code, stdout } = await churnHere(['help', 'models', 'list']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: churn models list /);
});

test('churn --version is the version of the platform', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'));
  expect(await churnHere(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('a fault of a command refers to the help of that command', async () => {
  expect((await churnHere(['predict'])).stderr).toContain('\n(churn predict --help shows how)\n');
  expect((await churnHere(['models', 'show', 'm', 'x'])).stderr).toContain(
    '(churn models show --help shows how)',
  );
});

test.each([
  [
    'an unknown command',
    '--json models lst',
    2,
    "unknown command 'lst'",
    ['(Did you mean list?)', 'churn models --help shows how'],
  ],
  [
    'a command without its argument',
    'predict --json',
    2,
    "missing required argument 'customer'",
    ['churn predict --help shows how'],
  ],
  [
    'a family without a command',
    '--json models',
    2,
    'churn models needs a command: list, show, promote.',
    undefined,
  ],
  ['no command at all', '--json', 2, expect.stringMatching(/^churn needs a command: up, apply, /), undefined],
  [
    'a file that is not there',
    'import /nowhere/x.csv -s s --json',
    66,
    '/nowhere/x.csv: there is no such file.',
    undefined,
  ],
])('with --json %s is one line of problem+json on stderr', async (_what, args, exit, detail, details) => {
  const { code, stdout, stderr } = await churnHere(args.split(' '));
  expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
  expect(stderr).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(stderr)).toEqual({
    type: 'about:blank',
    title: expect.stringMatching(/^\w/),
    exit_code: exit,
    detail,
    ...(details && { details }),
  });
});

test('with --json wrong settings are one line of problem+json, with a line for each', async () => {
  const { code, stderr } = await churnHere(['models', 'list', '--json'], { CHURN_PROJCET: 'shop' });
  expect(code).toBe(78);
  expect(JSON.parse(stderr)).toMatchObject({
    exit_code: 78,
    detail: 'churn cannot start; its settings are not right.',
    details: ['CHURN_PROJCET: there is no such setting; did you mean CHURN_PROJECT?'],
  });
});

test('a request without a project is answered with how the command line names one', async () => {
  const detail = 'The request names no project: send the header X-Churn-Project.';
  const missing = { type: 'urn:churn:problem:project-missing', title: 'Bad Request', status: 400, detail };
  const control = await answering({ 'GET /models': [[400, missing]] });
  const { code, stderr } = await churnHere(['models', 'list'], { CHURN_CONTROL_URL: control.url });
  control.close();
  expect(code).toBe(65);
  expect(stderr).toBe(`churn: ${detail}\n  Name the project with --project <id> or CHURN_PROJECT.\n`);
});

test('a customer that is not known ends with 66 and with what makes one known', async () => {
  const unknown = {
    customer_id: '7',
    churn_probability: 0.5,
    churn_risk: 'unknown',
    features: {},
    model_version: 'm/1',
    model_variant: 'production',
    prediction_id: '6f1c0a52-3f0e-4d52-9a64-0c6a2f1f7d11',
    eligible: false,
    degraded: false,
  };
  const inference = await answering({ 'POST /predict': [[200, { predictions: [unknown], latency_ms: 1 }]] });
  const { code, stderr } = await churnHere(['predict', '7'], { CHURN_INFERENCE_URL: inference.url });
  inference.close();
  expect(code).toBe(66);
  expect(stderr).toMatch(/^churn: Customer 7 is not known\.\n {2}A customer is known by its first event/);
});

test('a key of another project than the one that was named is refused with 77, and with where each comes from', async () => {
  const detail = 'The key "nightly" is of project shop, not of bank.';
  const mismatch = { type: 'urn:churn:problem:project-mismatch', title: 'Forbidden', status: 403, detail };
  const control = await answering({ 'GET /models': [[403, mismatch]] });
  const env = { CHURN_CONTROL_URL: control.url, CHURN_API_KEY: 'churn_x' };
  const { code, stderr } = await churnHere(['models', 'list', '--project', 'bank'], env);
  control.close();
  expect(code).toBe(77);
  expect(stderr).toMatch(
    /^churn: The key "nightly" is of project shop, not of bank\.\n {2}The key is CHURN_API_KEY; the project is --project,/,
  );
});
