import { setTimeout as sleep } from 'node:timers/promises';

/** Full-jitter exponential backoff: a random pause below min(cap, base * 2^attempt), at least a tenth of it. */
export function backoffMs(attempt: number, baseMs: number, capMs: number): number {
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return bound * (0.1 + 0.9 * Math.random());
}

/** Waits, or less when `signal` aborts; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
