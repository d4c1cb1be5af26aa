import type { TrainingRun, TrainRequest } from '@churn/contracts';
import type { Pool, PoolClient } from 'pg';

type Db = Pool | PoolClient;

/** A run that this process holds. `attempt` fences: only the last claimer may write. */
export interface ClaimedRun {
  runId: string;
  projectId: string;
  model: string;
  request: TrainRequest;
  attempt: number;
}

export async function insertRun(
  db: Db,
  projectId: string,
  model: string,
  request: TrainRequest,
): Promise<string> {
  const { rows } = await db.query<{ run_id: string }>(
    `INSERT INTO training_run (project_id, model, request, step) VALUES ($1, $2, $3, 'waiting') RETURNING run_id`,
    [projectId, model, JSON.stringify(request)],
  );
  return rows[0]?.run_id ?? '';
}

/** Takes the oldest run that waits, or whose holder has not been heard of, or null. */
export async function claimRun(db: Db, leaseMs: number): Promise<ClaimedRun | null> {
  const { rows } = await db.query<ClaimedRun>(
    `UPDATE training_run SET state = 'running', attempt = attempt + 1, started_at = coalesce(started_at, now()),
       lease_until = now() + $1 * interval '1 ms', done = 0, total = NULL
     WHERE run_id = (SELECT run_id FROM training_run WHERE state = 'pending' OR (state = 'running' AND lease_until < now())
       ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1)
     RETURNING run_id AS "runId", project_id AS "projectId", model, request, attempt`,
    [leaseMs],
  );
  return rows[0] ?? null;
}

/** Says how far the run is and keeps its lease. false: another process holds it now. */
export async function reportRun(
  db: Db,
  run: ClaimedRun,
  leaseMs: number,
  progress: { step: string; done: number; total: number | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE training_run SET step = $3, done = $4, total = $5, lease_until = now() + $6 * interval '1 ms'
     WHERE run_id = $1 AND attempt = $2 AND state = 'running'`,
    [run.runId, run.attempt, progress.step, progress.done, progress.total, leaseMs],
  );
  return rowCount === 1;
}

/** Ends the run well, in the transaction that registers its model. false: another process holds it now, roll back. */
export async function succeedRun(db: Db, run: ClaimedRun, result: object): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE training_run SET state = 'succeeded', result = $3, step = 'done', error = NULL, finished_at = now()
     WHERE run_id = $1 AND attempt = $2 AND state = 'running'`,
    [run.runId, run.attempt, JSON.stringify(result)],
  );
  return rowCount === 1;
}

/** Gives the run back untouched by a process that stops in good order; that was no attempt. Its holder writes nothing afterwards. */
export async function giveBackRun(db: Db, run: ClaimedRun): Promise<void> {
  await db.query(
    `UPDATE training_run SET state = 'pending', attempt = attempt - 1, lease_until = NULL
     WHERE run_id = $1 AND attempt = $2 AND state = 'running'`,
    [run.runId, run.attempt],
  );
}

/** Ends the run, or gives it back to be tried again. */
export async function settleRun(db: Db, run: ClaimedRun, problem: object, again: boolean): Promise<void> {
  await db.query(
    `UPDATE training_run SET error = $3, state = CASE WHEN $4 THEN 'pending' ELSE 'failed' END, finished_at = CASE WHEN $4 THEN NULL ELSE now() END
     WHERE run_id = $1 AND attempt = $2 AND state = 'running'`,
    [run.runId, run.attempt, JSON.stringify(problem), again],
  );
}

interface Row extends Omit<TrainingRun, 'created_at' | 'finished_at'> {
  created_at: Date;
  finished_at: Date | null;
}

/** The project's runs, newest first; one of them when its id is given. */
export async function findRuns(db: Db, projectId: string, runId: string | null): Promise<TrainingRun[]> {
  const { rows } = await db.query<Row>(
    `SELECT run_id, model, state, step, done::int, total::int, result, error, created_at, finished_at FROM training_run
     WHERE project_id = $1 AND ($2::uuid IS NULL OR run_id = $2) ORDER BY created_at DESC LIMIT 100`,
    [projectId, runId],
  );
  return rows.map((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  }));
}
