import type { OpenState } from '../decisions.ts';
import type { Db } from './db.ts';

/** A run that this coordinator holds until its lease ends; `token` proves it. */
export interface Run {
  runId: string;
  projectId: string;
  state: OpenState;
  token: number;
  attempts: number;
  predictionDate: string;
  asOfUs: number;
  position: number | null;
  model: string | null;
  modelVersion: number | null;
  definitionsHash: string | null;
  snapshotPath: string | null;
  customers: number | null;
  highRisk: number | null;
  attached: boolean;
  /** Milliseconds since the run was started or resumed, by the database's clock. */
  ageMs: number;
}

interface RunRow {
  run_id: string;
  project_id: string;
  state: OpenState;
  token: number;
  attempts: number;
  prediction_date: string;
  as_of_us: number;
  position: number | null;
  model: string | null;
  model_version: number | null;
  definitions_hash: string | null;
  snapshot_path: string | null;
  customers: number | null;
  high_risk: number | null;
  attached: boolean;
  age_ms: number;
}

/** Takes the open run that has waited longest for a turn, or null. A lease that ran out counts as a failure: its holder died or froze. */
export async function claimRun(db: Db, leaseMs: number): Promise<Run | null> {
  const result = await db.query<RunRow>(
    `WITH picked AS (
       SELECT run_id, lease_until IS NOT NULL AS abandoned FROM batch_run
       WHERE state NOT IN ('succeeded', 'failed') AND next_turn_at <= clock_timestamp()
         AND (lease_until IS NULL OR lease_until < clock_timestamp())
       ORDER BY next_turn_at LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     UPDATE batch_run r
     SET token = r.token + 1, lease_until = clock_timestamp() + $1 * interval '1 ms',
         attempts = r.attempts + abandoned::int, started_at = coalesce(r.started_at, clock_timestamp())
     FROM picked WHERE r.run_id = picked.run_id
     RETURNING r.run_id, r.project_id, r.state, r.token, r.attempts, r.prediction_date::text, r.as_of_us, r.position, r.model,
       r.model_version, r.definitions_hash, r.snapshot_path, r.customers, r.high_risk, r.attached_at IS NOT NULL AS attached,
       extract(epoch FROM clock_timestamp() - r.started_at)::float8 * 1000 AS age_ms`,
    [leaseMs],
  );
  const row = result.rows[0];
  return row === undefined ? null : toRun(row);
}

function toRun(row: RunRow): Run {
  return {
    runId: row.run_id,
    projectId: row.project_id,
    state: row.state,
    token: row.token,
    attempts: row.attempts,
    predictionDate: row.prediction_date,
    asOfUs: row.as_of_us,
    position: row.position,
    model: row.model,
    modelVersion: row.model_version,
    definitionsHash: row.definitions_hash,
    snapshotPath: row.snapshot_path,
    customers: row.customers,
    highRisk: row.high_risk,
    attached: row.attached,
    ageMs: row.age_ms,
  };
}
