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
  /** How long the service may be away meanwhile: it may be restarting, and what it was asked for goes on. Default 60 s. */
  awayMs?: number;
}

const POLL_MS = 200;
const AWAY_MS = 60_000;

/**
 * Asks until `done` says yes and returns that answer, also across a restart of the service. Throws CliError after `limitMs` or when the service
 * stays away, and the signal's reason.
 */
export async function follow<T>(
  what: string,
  { limitMs, signal, awayMs = AWAY_MS }: Waiting,
  ask: () => Promise<T>,
  done: (value: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let heard = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask().then(
      (value) => ({ value }),
      (error: unknown) => {
        if (!(error instanceof CliError) || error.exitCode !== EXIT.unavailable) throw error;
        if (performance.now() - heard > awayMs) throw stillAway(what, error);
        return null;
      },
    );
    if (answer !== null) {
      heard = performance.now();
      if (done(answer.value)) return answer.value;
    }
    if (performance.now() > deadline)
      throw new CliError(
        `${what} is not finished after ${Math.round(limitMs / 60_000)} minutes. It goes on; look again later.`,
        EXIT.failed,
      );
    await pause(POLL_MS, signal);
  }
}

function stillAway(what: string, error: CliError): CliError {
  return new CliError(error.message, error.exitCode, [
    ...error.details,
    `${what} was under way and goes on where it can; look before you ask for it again.`,
  ]);
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
