import { pause } from '@churn/platform';
import { CliError, EXIT } from './errors.ts';
import type { Progress } from './format.ts';

/** What training and batch runs have in common. */
export interface Run {
  run_id: string;
  state: string;
  step: string | null;
  done: number;
  total: number | null;
  error: { detail: string } | null;
}

export interface Waiting {
  /** The bound on the whole wait. */
  limitMs: number;
  signal?: AbortSignal | undefined;
  /** What to do when the run has failed. */
  remedy?: string;
}

const POLL_MS = 200;

/** Asks until `done` says yes and returns that answer. Throws CliError after `limitMs`, and the signal's reason. */
export async function follow<T>(
  what: string,
  { limitMs, signal }: Waiting,
  ask: () => Promise<T>,
  done: (value: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    signal?.throwIfAborted();
    const value = await ask();
    if (done(value)) return value;
    if (performance.now() > deadline)
      throw new CliError(
        `${what} is not finished after ${Math.round(limitMs / 60_000)} minutes. It goes on; look again later.`,
        EXIT.failed,
      );
    await pause(POLL_MS, signal);
  }
}

/**
 * Reads a run until it succeeded (or `until` says that this is far enough), showing how far it is. Throws CliError when it failed or
 * `limitMs` has passed; the run itself goes on.
 */
export async function waitForRun<R extends Run>(
  read: () => Promise<R>,
  onProgress: (state: Progress) => void,
  waiting: Waiting,
  until: (run: R) => boolean = () => false,
): Promise<R> {
  const run = await follow('The run', waiting, read, (now) => {
    onProgress({ label: now.step ?? now.state, done: now.done, total: now.total });
    return ['succeeded', 'failed', 'cancelled'].includes(now.state) || until(now);
  });
  if (run.state === 'cancelled') throw new CliError(`Run ${run.run_id} was cancelled.`, EXIT.failed);
  if (run.state !== 'failed') return run;
  throw new CliError(
    `Run ${run.run_id} failed: ${run.error?.detail ?? 'it did not say why; the log of its service has more.'}`,
    EXIT.failed,
    waiting.remedy === undefined ? [] : [waiting.remedy],
  );
}
