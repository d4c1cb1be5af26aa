import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { backoffMs, pause } from './retry.ts';

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('the pause before a repetition', () => {
  test('is at most twice that before it, up to its cap', () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    expect([0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 100, 2_000))).toEqual([
      100, 200, 400, 800, 1_600, 2_000,
    ]);
  });

  test('is never less than a tenth of that, so that nothing is tried again at once', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    expect([0, 3, 9].map((attempt) => backoffMs(attempt, 100, 2_000))).toEqual([10, 80, 200]);
  });

  test('stays at its cap however often it was tried', () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    for (const attempt of [31, 1_024, Number.MAX_SAFE_INTEGER])
      expect(backoffMs(attempt, 100, 2_000)).toBe(2_000);
  });

  test('differs from one process to the next', () => {
    expect(new Set(Array.from({ length: 20 }, () => backoffMs(3, 100, 2_000))).size).toBeGreaterThan(1);
  });
});

describe('pause', () => {
  test('ends at once, and without an error, when its signal aborts or has aborted', async () => {
    const ending = new AbortController();
    const paused = pause(3_600_000, ending.signal);
    ending.abort();
    await expect(paused).resolves.toBeUndefined();
    await expect(pause(3_600_000, ending.signal)).resolves.toBeUndefined();
  });

  test('ends by itself when nobody aborts it', async () => {
    await expect(pause(1)).resolves.toBeUndefined();
    await expect(pause(1, new AbortController().signal)).resolves.toBeUndefined();
  });
});
