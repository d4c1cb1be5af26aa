import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats `check` until it returns something other than false, null or undefined, and returns that. For conditions without a signal to wait on.
 * A check that throws is tried again; after `timeoutMs` the last error is thrown. That limit (default 60 s) only ends a hang: machines are loaded.
 */
export async function eventually<T extends object | string | number | bigint | boolean | null | undefined>(
  check: () => Promise<T> | T,
  { timeoutMs = 60_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = new Error(`not so within ${timeoutMs} ms: ${check}`);
  do {
    try {
      const value = await check();
      if (isAnswer(value)) return value;
    } catch (error) {
      last = error;
    }
    await delay(everyMs);
  } while (Date.now() < deadline);
  throw last;
}

function isAnswer<T>(value: T): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined;
}
