/**
 * What a run does next, as functions of values: retry, fail or go on. Nothing here does I/O.
 */

export type OpenState = 'pending' | 'snapshotting' | 'scoring' | 'finishing';
export type RunState = OpenState | 'succeeded' | 'failed';

export interface Limits {
  leaseMs: number;
  chunkAttempts: number;
  stepAttempts: number;
  exportAttempts: number;
  backoffFirstMs: number;
  backoffMaxMs: number;
  runMs: number;
  lookMs: number;
  requeueMs: number;
  enqueueAtOnce: number;
  freezeMs: number;
  keepRuns: number;
  keepFailedMs: number;
  removalWaitMs: number;
}

/** Wait before the next try after so many failures in a row (>= 1): doubling, bounded. Milliseconds. */
export function backoffMs(failures: number, limits: Limits): number {
  return Math.min(limits.backoffMaxMs, limits.backoffFirstMs * 2 ** (Math.min(failures, 30) - 1));
}

export type AfterFailure = { do: 'retry'; inMs: number } | { do: 'fail' };

/**
 * After a coordinator's step failed for the `failures`-th time in a row. A fault of the request (`permanent`) is never retried; a queue
 * that is away (`outage`) never counts, the run's own deadline ends that wait.
 */
export function afterFailure(
  failure: { failures: number; permanent: boolean; outage: boolean; exporting: boolean },
  limits: Limits,
): AfterFailure {
  if (failure.permanent) return { do: 'fail' };
  if (failure.outage) return { do: 'retry', inMs: backoffMs(2, limits) };
  const allowed = failure.exporting ? limits.exportAttempts : limits.stepAttempts;
  if (failure.failures >= allowed) return { do: 'fail' };
  return { do: 'retry', inMs: backoffMs(failure.failures, limits) };
}

/** The ledger of a run's chunks, counted. */
export interface ChunkCounts {
  total: number;
  done: number;
  /** Rows of the chunks that are done. */
  rowsDone: number;
  /** Chunks that used up their claims and that nobody holds. */
  exhausted: number;
  /** Chunks that failed and are not done yet. */
  failing: number;
  /** How often the most tried of those was claimed. */
  tries: number;
  /** Of the chunk among those that failed last. */
  lastError: string | null;
}

export type ScoringVerdict = { do: 'finish' } | { do: 'fail'; detail: string } | { do: 'wait' };

/** What to do with a run whose chunks are being scored. */
export function scoringVerdict(counts: ChunkCounts, limits: Limits): ScoringVerdict {
  if (counts.done === counts.total) return { do: 'finish' };
  if (counts.exhausted === 0) return { do: 'wait' };
  return {
    do: 'fail',
    detail: `${counts.exhausted} of ${counts.total} chunks failed ${limits.chunkAttempts} times; the last error: ${counts.lastError ?? 'the worker ended without one'}`,
  };
}

/** What people read of a run whose chunks are being scored: that they fail, how often and why, long before they are given up. */
export function scoringStepText({ failing, total, tries, lastError }: ChunkCounts, limits: Limits): string {
  if (failing === 0) return 'scoring';
  return `scoring: ${failing} of ${total} chunks failed and are tried again (try ${tries} of ${limits.chunkAttempts}); the newest error: ${lastError}`;
}

export interface ChunkRange {
  rowFrom: number;
  rowTo: number;
}

/** Half-open row ranges of at most `chunkRows` that cover [0, rows) in order; none for no rows. */
export function planChunks(rows: number, chunkRows: number): ChunkRange[] {
  const count = Math.ceil(rows / chunkRows);
  return Array.from({ length: count }, (_, index) => ({
    rowFrom: index * chunkRows,
    rowTo: Math.min(rows, (index + 1) * chunkRows),
  }));
}
