import { afterEach, expect, test } from '@jest/globals';
import { type Answering, type Answers, answering } from './testing/answers.ts';
import { batchOf } from './testing/batch-of.ts';
import { churnHere } from './testing/run-here.ts';

const RUN = '0b7c9f0e-6d1e-4a7e-8a51-3f2f5d9f2a10';
const SCORING = batchOf(RUN, { state: 'scoring', step: 'scoring' });
const FAILED = batchOf(RUN, { state: 'failed', error: { title: 'Failed', detail: 'The lake is full.' } });
const REMEDY = `churn batch resume ${RUN}`;

let service: Answering | undefined;
afterEach(() => service?.close());

async function batch(args: readonly string[], answers: Answers) {
  service = await answering(answers);
  const ended = await churnHere(['batch', ...args], { CHURN_BATCH_URL: service.url });
  return { ...ended, asked: service.asked };
}

const RESUMED: Answers = { [`POST /batch-runs/${RUN}/resume`]: [[202, { run_id: RUN }]] };

test('batch resume opens a failed run again, waits for it and shows it', async () => {
  const { code, stdout, asked } = await batch(['resume', RUN], {
    ...RESUMED,
    [`GET /batch-runs/${RUN}`]: [
      [200, SCORING],
      [200, batchOf(RUN)],
    ],
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run \S+ for 2026-03-05: succeeded\n/);
  expect(asked[0]).toBe(`POST /batch-runs/${RUN}/resume`);
});

test('batch resume --no-wait says how to follow the run', async () => {
  const { code, stdout, asked } = await batch(['resume', RUN, '--no-wait'], RESUMED);
  expect(code).toBe(0);
  expect(stdout).toBe(`batch run ${RUN} resumed; \`churn batch status ${RUN}\` shows it\n`);
  expect(asked).toHaveLength(1);
});

test('a run that fails while it is waited for ends with 1, its cause and how to go on', async () => {
  const { code, stderr } = await batch(['resume', RUN], {
    ...RESUMED,
    [`GET /batch-runs/${RUN}`]: [[200, FAILED]],
  });
  expect(code).toBe(1);
  expect(stderr).toContain(`churn: Run ${RUN} failed: The lake is full.\n  Mend the cause, then`);
  expect(stderr).toContain(REMEDY);
});

test('the status of a failed run says how to go on', async () => {
  const { stdout } = await batch(['status', RUN], { [`GET /batch-runs/${RUN}`]: [[200, FAILED]] });
  expect(stdout).toContain(`The lake is full.\nNext: mend the cause, then ${REMEDY}`);
});

test('a run that cannot be resumed ends with 1 and says why', async () => {
  const detail = `Batch run ${RUN} cannot be resumed, it is succeeded: only a failed one can be.`;
  const refusal = {
    type: 'urn:churn:problem:batch-run-not-resumable',
    title: 'Conflict',
    status: 409,
    detail,
  };
  const { code, stderr } = await batch(['resume', RUN], {
    [`POST /batch-runs/${RUN}/resume`]: [[409, refusal]],
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: `churn: ${detail}\n` });
});
