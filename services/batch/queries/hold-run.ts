import type { RunState } from '../decisions.ts';
import { LeaseLost } from '../leases.ts';
import type { Run } from './claim-run.ts';
import type { Db } from './db.ts';

/** The holder's token, without the rest. */
export type RunHold = Pick<Run, 'runId' | 'token'>;

/** Pushes the lease out; false when another coordinator has the run. A run that its turn has freed meanwhile stays free. */
export async function renewRun(db: Db, run: RunHold, leaseMs: number): Promise<boolean> {
  const result = await db.query(
    `UPDATE batch_run SET lease_until = CASE WHEN lease_until IS NOT NULL THEN clock_timestamp() + $3 * interval '1 ms' END
     WHERE run_id = $1 AND token = $2`,
    [run.runId, run.token, leaseMs],
  );
  return result.rowCount === 1;
}

/** What people read about a long step; lost when another coordinator has the run. */
export async function setStep(db: Db, run: RunHold, step: string): Promise<void> {
  await db.query('UPDATE batch_run SET step = $3 WHERE run_id = $1 AND token = $2', [
    run.runId,
    run.token,
    step,
  ]);
}

/** Ends the turn: the run is free again, to be looked at after `inMs`. Throws LeaseLost. */
export async function releaseRun(
  db: Db,
  run: RunHold,
  next: { inMs: number; attempts: number; step: string },
): Promise<void> {
  const result = await db.query(
    `UPDATE batch_run SET lease_until = NULL, next_turn_at = clock_timestamp() + $3 * interval '1 ms', attempts = $4, step = $5
     WHERE run_id = $1 AND token = $2`,
    [run.runId, run.token, next.inMs, next.attempts, next.step],
  );
  requireHeld(result.rowCount, run);
}

/** Moves the run to its next state and frees it for a turn at once. Run it last in the transaction. Throws LeaseLost. */
export async function advanceRun(db: Db, run: RunHold, state: RunState, step: string): Promise<void> {
  const result = await db.query(
    `UPDATE batch_run SET state = $3, step = $4, attempts = 0, lease_until = NULL, next_turn_at = clock_timestamp(),
       finished_at = CASE WHEN $3 = 'succeeded' THEN clock_timestamp() END
     WHERE run_id = $1 AND token = $2`,
    [run.runId, run.token, state, step],
  );
  requireHeld(result.rowCount, run);
}

/** Ends the run with an error (problem+json), keeping the state it failed in. Throws LeaseLost. */
export async function failRun(db: Db, run: RunHold, error: object): Promise<void> {
  const result = await db.query(
    `UPDATE batch_run SET failed_in = state, state = 'failed', error = $3, lease_until = NULL, finished_at = clock_timestamp()
     WHERE run_id = $1 AND token = $2`,
    [run.runId, run.token, JSON.stringify(error)],
  );
  requireHeld(result.rowCount, run);
}

export function requireHeld(rowCount: number | null, run: RunHold): void {
  if (rowCount !== 1) throw new LeaseLost(`batch run ${run.runId} is in the hands of another coordinator`);
}
