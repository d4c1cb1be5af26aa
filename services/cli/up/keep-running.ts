import { setTimeout as delay } from 'node:timers/promises';

/** A process that runs: `exited` gives its exit code (128 and the signal's number when it was killed), `stop` ends it within a bound. */
export interface Runnable {
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

export interface RestartPolicy {
  /** Restarts allowed within the window; one more and it is given up. */
  tries: number;
  windowMs: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

export interface KeepHooks {
  /** It ended by itself and is started again after `delayMs`. */
  onRestart(name: string, code: number, delayMs: number): void;
  /** It will not be started again. */
  onGiveUp(name: string, code: number): void;
}

export const RESTARTS: RestartPolicy = { tries: 5, windowMs: 60_000, firstDelayMs: 200, maxDelayMs: 5_000 };
/** EX_CONFIG: the settings are wrong, and trying again does not mend them. */
const WRONG_SETTINGS = 78;

/** When to start again after an end: milliseconds to wait, or null to give up. `ends` are the times of earlier ends, the newest last. Pure. */
export function nextDelay(
  code: number,
  ends: readonly number[],
  nowMs: number,
  policy: RestartPolicy,
): number | null {
  if (code === WRONG_SETTINGS) return null;
  const recent = ends.filter((end) => end > nowMs - policy.windowMs).length;
  if (recent >= policy.tries) return null;
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** recent);
}

/**
 * Launches something and launches it again whenever it ends by itself, until `stop` or until it ends too often.
 * Rejects when the first launch does; a later launch that rejects counts as one more end.
 */
export async function keepRunning<T extends Runnable>(
  name: string,
  launch: () => Promise<T>,
  hooks: KeepHooks,
  policy: RestartPolicy = RESTARTS,
): Promise<{ current(): T; stop(): Promise<void> }> {
  const stopping = new AbortController();
  const ends: number[] = [];
  let running = await launch();
  const watch = async (): Promise<void> => {
    let code = await running.exited;
    while (!stopping.signal.aborted) {
      const wait = nextDelay(code, ends, Date.now(), policy);
      ends.push(Date.now());
      if (wait === null) return hooks.onGiveUp(name, code);
      hooks.onRestart(name, code, wait);
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      code = await again();
    }
  };
  const again = async (): Promise<number> => {
    try {
      running = await launch();
    } catch {
      return 1;
    }
    // Asked to stop while it was starting: `stop` may have seen the one before.
    if (stopping.signal.aborted) await running.stop();
    return running.exited;
  };
  const watching = watch();
  return {
    current: () => running,
    async stop() {
      stopping.abort();
      await running.stop();
      await watching;
    },
  };
}
