import type { Limits } from './decisions.ts';

/** Bounds of a run. Every wait, retry and queue of this service ends at one of these. */
export const LIMITS: Limits = {
  /** A worker or coordinator that says nothing for so long has lost its work to another. Renewed at a third of it. */
  leaseMs: 15_000,
  /** Claims of one chunk before the run fails with its error; a crash of the worker counts as one. */
  chunkAttempts: 6,
  /** Failures in a row of a coordinator's step. */
  stepAttempts: 6,
  /** Failures in a row of the export, whose database may be another's: about 4 minutes. */
  exportAttempts: 9,
  backoffFirstMs: 1_000,
  backoffMaxMs: 60_000,
  /** A run that is not done by then fails, whatever it waits for. */
  runMs: 6 * 3_600_000,
  /** While chunks are scored, the coordinator looks at the ledger so often; the last chunk wakes it at once. */
  lookMs: 1_000,
  /** A chunk still unclaimed so long after it was queued is queued again: the queue may have lost it. */
  requeueMs: 10_000,
  /** Chunks put into the queue at one look. */
  enqueueAtOnce: 1_000,
  /** The compactor's time to move the inbox into segments before the freeze goes on without it. */
  freezeMs: 20_000,
  /** Snapshots are kept for the newest runs of a project; a failed run's table for so long, or until a newer run. */
  keepRuns: 3,
  keepFailedMs: 24 * 3_600_000,
  /** The removal of old predictions waits so long for a reader, then leaves the rest for its next turn. */
  removalWaitMs: 2_000,
};
