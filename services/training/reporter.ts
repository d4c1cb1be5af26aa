import type { Context } from './context.ts';
import { type ClaimedRun, reportRun } from './queries/runs.ts';

/** How long a run's holder may stay silent. */
export const LEASE_MS = 60_000;

export interface Reporter {
  report(step: string, done: number, total: number | null): void;
  /** Aborts when the run is in other hands or cancelled, or the service ends. */
  signal: AbortSignal;
  lost(): boolean;
  stop(): void;
}

/** Writes the newest progress a few times a second, which keeps the lease too. */
export function createReporter({ pool, reportMs }: Context, run: ClaimedRun, ending: AbortSignal): Reporter {
  const lost = new AbortController();
  let latest = { step: 'starting', done: 0, total: null as number | null };
  let writing = false;
  const timer = setInterval(() => {
    if (writing) return;
    writing = true;
    reportRun(pool, run, LEASE_MS, latest)
      .then((held) => {
        if (!held) lost.abort();
      })
      // Postgres may be away for a moment; the lease is longer than that.
      .catch(() => {})
      .finally(() => {
        writing = false;
      });
  }, reportMs);
  return {
    report(step, done, total) {
      latest = { step, done, total };
    },
    signal: AbortSignal.any([lost.signal, ending]),
    lost: () => lost.signal.aborted,
    stop: () => clearInterval(timer),
  };
}
