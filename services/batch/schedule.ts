import { Cron } from 'croner';
import type { Context } from './context.ts';
import { asOfUs, utcDay } from './prediction-date.ts';
import { insertScheduledRuns } from './queries/insert-scheduled-runs.ts';

/** The latest time (ms) at or before `nowMs` at which the pattern (UTC) fired, or null when it never did. */
export function latestFiring(pattern: string, nowMs: number): number | null {
  // previousRuns leaves its reference out, and cron fires on whole seconds.
  const reference = new Date((Math.floor(nowMs / 1000) + 1) * 1000);
  return openCron(pattern).previousRuns(1, reference)[0]?.getTime() ?? null;
}

function openCron(pattern: string): Cron {
  return new Cron(pattern, { timezone: 'UTC', paused: true });
}

/**
 * Starts the run of the latest firing for every project that had a Production model then and has not got it yet; returns the new run ids.
 * Called when the schedule fires, at start and every half minute, by any number of processes: the unique index lets one insert win,
 * so that a firing missed by all is caught up, and one that meets an open run follows it.
 */
export async function scheduleDueRuns(context: Pick<Context, 'config' | 'pool' | 'now'>): Promise<string[]> {
  const nowMs = context.now();
  const firedMs = latestFiring(context.config.CHURN_BATCH_SCHEDULE, nowMs);
  if (firedMs === null) return [];
  const day = utcDay(firedMs);
  return insertScheduledRuns(context.pool, {
    predictionDate: day,
    asOfUs: asOfUs(day, nowMs),
    firedAt: new Date(firedMs),
  });
}
