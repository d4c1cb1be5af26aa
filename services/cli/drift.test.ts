import type { DriftRun } from '@churn/contracts';
import { driftRun } from '@churn/contracts';
import { afterEach, expect, test } from '@jest/globals';
import { type Answering, type Answers, answering } from './testing/answers.ts';
import { batchOf } from './testing/batch-of.ts';
import { churnHere } from './testing/run-here.ts';

const CHECK = '6f1c0a52-3f0e-4d52-9a64-0c6a2f1f7d11';
const BATCH = '0b7c9f0e-6d1e-4a7e-8a51-3f2f5d9f2a10';
const LATER = '0b7c9f0e-6d1e-4a7e-8a51-3f2f5d9f2a11';
const PROBLEM = 'The snapshot is gone. Start a new run: churn batch run.';

const services: Answering[] = [];
afterEach(() => {
  for (const service of services.splice(0)) service.close();
});

const column = (name: string, status: DriftRun['results'][number]['status']) => ({
  column: name,
  statistics: status === 'not-comparable' ? {} : { psi: status === 'drifted' ? 0.4 : 0.01 },
  reference_null_rate: 0,
  current_null_rate: 0,
  status,
  reason: status === 'not-comparable' ? 'too few rows' : null,
});

/** A check as monitoring tells it; parsed, so that it stays one of the contract. */
function check(given: Partial<Record<keyof DriftRun, unknown>>): DriftRun {
  const results = [column('recency', 'drifted'), column('txn_count_30d', 'stable')];
  const base = {
    drift_run_id: CHECK,
    batch_run_id: BATCH,
    model: 'churn',
    model_version: 1,
    results,
    static: false,
  };
  const times = {
    prediction_date: '2026-03-05',
    created_at: '2026-03-05T02:10:00Z',
    finished_at: '2026-03-05T02:11:00Z',
  };
  const outcome = {
    state: 'succeeded',
    reference_rows: 9,
    current_rows: 9,
    drifted: 1,
    error: null,
    report: null,
  };
  return driftRun.parse({ ...base, ...times, ...outcome, ...given });
}

const FAILED = check({ state: 'failed', error: PROBLEM });
const FAILED_FIRST = check({ state: 'failed', error: PROBLEM, drifted: null, results: [] });
const RUNNING = check({ state: 'running' });
const NOTHING = check({ drifted: 0, results: [column('recency', 'not-comparable')] });
const STABLE = check({ drifted: 0, results: [column('recency', 'stable'), column('age', 'not-comparable')] });

async function drift(run: DriftRun, args: readonly string[], more: Answers = {}) {
  const { results: _results, ...summary } = run;
  const service = await answering({
    'GET /drift-runs': [[200, { runs: [summary] }]],
    [`GET /drift-runs/${CHECK}`]: [[200, run]],
    ...more,
  });
  services.push(service);
  const env = { CHURN_MONITORING_URL: service.url, CHURN_BATCH_URL: service.url };
  return { ...(await churnHere(['drift', ...args], env)), asked: service.asked };
}

test.each([
  ['for the first time', FAILED_FIRST],
  ['though the rows of the check before are still there', FAILED],
])('a check that failed, %s, ends with 1 and its error, and shows no columns', async (_when, run) => {
  for (const args of [[], ['--fail-on-drift']]) {
    const { code, stdout, stderr } = await drift(run, args);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `churn/1: the check of batch run ${BATCH} failed\n`,
    });
    expect(stderr).toBe(
      `churn: Drift check ${CHECK} failed: ${PROBLEM}\n  Mend the cause, then check again: churn drift check ${BATCH}\n`,
    );
  }
});

test.each([
  ['is under way', RUNNING, /is under way/],
  ['compared nothing', NOTHING, /could compare no column, so it is not known what has drifted/],
])('a check that %s says so, and is no success for a script', async (_what, run, says) => {
  const shown = await drift(run, []);
  expect({ code: shown.code, stderr: shown.stderr }).toEqual({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(says);
  expect(shown.stdout).not.toContain('columns drifted');
  const asked = await drift(run, ['--fail-on-drift']);
  expect(asked.code).toBe(1);
  expect(asked.stderr).toMatch(says);
});

test('columns that could not be compared are counted apart, each with its reason', async () => {
  const { code, stdout } = await drift(STABLE, ['--fail-on-drift']);
  expect(code).toBe(0);
  expect(stdout).toContain('0 of 1 columns drifted, 1 could not be compared');
  expect(stdout).toMatch(/age\s+not-comparable\s+-\s+too few rows/);
});

test('with --fail-on-drift the columns that drifted are named', async () => {
  const { code, stderr } = await drift(check({}), ['--fail-on-drift']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'churn: 1 of 2 columns drifted: recency.\n' });
  expect((await drift(check({}), [])).code).toBe(0);
});

const POSTED: Answers = { 'POST /drift-runs': [[202, { drift_run_id: CHECK }]] };

test('drift check asks for the check of a batch run, waits for it and shows it', async () => {
  const found = await drift(check({}), ['check', BATCH], {
    ...POSTED,
    [`GET /drift-runs/${CHECK}`]: [
      [200, RUNNING],
      [200, check({})],
    ],
  });
  expect(found.code).toBe(0);
  expect(found.stdout).toContain('1 of 2 columns drifted');
  expect(found.asked[0]).toBe(`POST /drift-runs {"batch_run_id":"${BATCH}"}`);
});

test.each([
  ['that failed', FAILED, []],
  ['that found drift', check({}), ['--fail-on-drift']],
])('drift check ends with 1 after a check %s', async (_what, run, args) => {
  expect((await drift(run, ['check', BATCH, ...args], POSTED)).code).toBe(1);
});

test('drift check without an id takes the newest batch run that succeeded, and need not wait', async () => {
  const found = await drift(RUNNING, ['check', '--no-wait', '--json'], {
    ...POSTED,
    'GET /batch-runs': [[200, { runs: [batchOf(LATER, { state: 'failed' }), batchOf(BATCH)] }]],
  });
  expect(JSON.parse(found.stdout)).toEqual({ drift_run_id: CHECK });
  expect(found.asked).toEqual(['GET /batch-runs', `POST /drift-runs {"batch_run_id":"${BATCH}"}`]);
  const none = await drift(RUNNING, ['check'], { 'GET /batch-runs': [[200, { runs: [] }]] });
  expect(none).toMatchObject({
    code: 66,
    stderr: 'churn: No batch run has succeeded yet: churn batch run.\n',
  });
});
