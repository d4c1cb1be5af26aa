import { describe, expect, test } from '@jest/globals';
import { afterFailure, backoffMs, planChunks, scoringVerdict } from './decisions.ts';
import { LIMITS } from './limits.ts';

describe('chunks of a run', () => {
  test('cover every row once, in order, the last one shorter', () => {
    expect(planChunks(25, 10)).toEqual([
      { rowFrom: 0, rowTo: 10 },
      { rowFrom: 10, rowTo: 20 },
      { rowFrom: 20, rowTo: 25 },
    ]);
  });

  test('are none when nobody is known', () => {
    expect(planChunks(0, 10)).toEqual([]);
  });
});

describe('a step that failed', () => {
  const failure = { failures: 1, permanent: false, outage: false, exporting: false };

  test('is tried again after a pause that doubles up to a bound', () => {
    expect(afterFailure(failure, LIMITS)).toEqual({ do: 'retry', inMs: 1_000 });
    expect(afterFailure({ ...failure, failures: 3 }, LIMITS)).toEqual({ do: 'retry', inMs: 4_000 });
    expect(backoffMs(60, LIMITS)).toBe(LIMITS.backoffMaxMs);
  });

  test('fails the run when its attempts are used up', () => {
    expect(afterFailure({ ...failure, failures: LIMITS.stepAttempts }, LIMITS)).toEqual({ do: 'fail' });
  });

  test('has more patience with the CRM, whose database is not ours', () => {
    const exporting = { ...failure, exporting: true, failures: LIMITS.stepAttempts };
    expect(afterFailure(exporting, LIMITS).do).toBe('retry');
    expect(afterFailure({ ...exporting, failures: LIMITS.exportAttempts }, LIMITS).do).toBe('fail');
  });

  test('fails at once when trying again cannot help', () => {
    expect(afterFailure({ ...failure, permanent: true }, LIMITS)).toEqual({ do: 'fail' });
  });

  test('never fails the run because the queue is away', () => {
    expect(afterFailure({ ...failure, outage: true, failures: 1_000 }, LIMITS).do).toBe('retry');
  });
});

describe('a run whose chunks are being scored', () => {
  const counts = { total: 4, done: 3, rowsDone: 30, exhausted: 0, failing: 0, tries: 0, lastError: null };

  test('waits while a chunk is left, and finishes when none is', () => {
    expect(scoringVerdict(counts, LIMITS)).toEqual({ do: 'wait' });
    expect(scoringVerdict({ ...counts, done: 4 }, LIMITS)).toEqual({ do: 'finish' });
  });

  test('fails with the error of a chunk that used up its attempts', () => {
    const verdict = scoringVerdict({ ...counts, exhausted: 1, lastError: 'no such column' }, LIMITS);
    expect(verdict).toEqual({ do: 'fail', detail: expect.stringContaining('no such column') });
  });

  test('finishes at once when nobody is known', () => {
    expect(scoringVerdict({ ...counts, total: 0, done: 0 }, LIMITS)).toEqual({ do: 'finish' });
  });
});
