import pg from 'pg';
import type { Run } from './claim-run.ts';
import type { Db } from './db.ts';

const { escapeIdentifier, escapeLiteral } = pg;

/** What is locked by whoever adds a day's table, fills it or takes from it; $1 is the day. */
export const DAY_KEY = `hashtextextended('churn_predictions ' || $1, 0)`;

type RunKey = Pick<Run, 'runId' | 'projectId' | 'predictionDate'>;

/** The table that a run loads and that becomes its project's partition of the day. */
export function runTable(runId: string): string {
  return escapeIdentifier(`churn_predictions_r_${runId.replaceAll('-', '')}`);
}

/** The day's partition, itself partitioned by project. */
function dayTable(predictionDate: string): string {
  return escapeIdentifier(`churn_predictions_${predictionDate.replaceAll('-', '')}`);
}

/**
 * Creates a run's table, detached and without a key. What is the same in every row is its column's default, so that a worker sends only
 * what differs.
 */
export async function createRunTable(
  db: Db,
  run: RunKey & { model: string; modelVersion: number },
): Promise<void> {
  const table = runTable(run.runId);
  const fixed: [string, string][] = [
    ['project_id', escapeLiteral(run.projectId)],
    ['prediction_date', `${escapeLiteral(run.predictionDate)}::date`],
    ['model', escapeLiteral(run.model)],
    ['model_version', String(run.modelVersion)],
    ['run_id', `${escapeLiteral(run.runId)}::uuid`],
    ['scored_at', 'now()'],
  ];
  const defaults = fixed.map(([column, value]) => `ALTER COLUMN ${column} SET DEFAULT ${value}`);
  await db.query(`CREATE TABLE ${table} (LIKE churn_predictions)`);
  await db.query(`ALTER TABLE ${table} ${defaults.join(', ')}`);
}

/**
 * Ends the connections that still write to a run's table. To be called when each chunk is done, so that all they can be is workers who lost
 * their lease: one that froze within a COPY would keep the table locked for as long as its machine is up, since PostgreSQL looks at no time
 * limit while a COPY waits for its client (ProcessClientReadInterrupt in src/backend/tcop/postgres.c). Returns how many.
 */
export async function evictWriters(db: Db, runId: string): Promise<number> {
  const evicted = await db.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE relation = $1::regclass AND mode = 'RowExclusiveLock' AND granted
       AND pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()`,
    [runTable(runId)],
  );
  return evicted.rowCount ?? 0;
}

/**
 * Gives a loaded table what a partition must have, once: the primary key (which fails on a customer scored twice), and a validated CHECK
 * of both partition bounds, so that attaching does not scan it.
 */
export async function keyRunTable(db: Db, run: RunKey): Promise<void> {
  const table = runTable(run.runId);
  const keyed = await db.query('SELECT FROM pg_constraint WHERE conrelid = $1::regclass AND contype = $2', [
    table,
    'p',
  ]);
  if (keyed.rowCount !== 0) return;
  const { from, to } = dayBounds(run.predictionDate);
  await db.query(
    `ALTER TABLE ${table} ADD PRIMARY KEY (project_id, prediction_date, customer_id),
       ADD CHECK (project_id = ${escapeLiteral(run.projectId)} AND prediction_date >= ${from} AND prediction_date < ${to})`,
  );
  await db.query(`ANALYZE ${table}`);
}

export async function countRunTable(db: Db, runId: string): Promise<number> {
  const result = await db.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${runTable(runId)}`);
  return result.rows[0]?.rows ?? 0;
}

/**
 * Puts a keyed table in the place of what the project had on that day, which is dropped. One transaction, so that readers see the
 * one or the other; the caller sets lock_timeout.
 */
export async function attachRunTable(db: Db, run: RunKey): Promise<void> {
  const day = dayTable(run.predictionDate);
  await ensureDay(db, run.predictionDate);
  const old = await db.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = $1::regclass AND pg_get_expr(c.relpartbound, c.oid) = $2`,
    [day, `FOR VALUES IN (${escapeLiteral(run.projectId)})`],
  );
  for (const { name } of old.rows) await db.query(`DROP TABLE ${name}`);
  await db.query(
    `ALTER TABLE ${day} ATTACH PARTITION ${runTable(run.runId)} FOR VALUES IN (${escapeLiteral(run.projectId)})`,
  );
}

/**
 * Takes a table out of its parent and drops it. Readers of the parent are waited for and never wait themselves, which is why no transaction
 * may hold this; when the wait ends early (lock_timeout), new readers see the table no more, and `pending` goes on from there.
 */
export async function removePartition(
  db: Db,
  partition: { table: string; parent: string | null; pending: boolean },
): Promise<void> {
  const { table, parent, pending } = partition;
  if (parent !== null)
    await db.query(
      `ALTER TABLE ${parent} DETACH PARTITION ${table} ${pending ? 'FINALIZE' : 'CONCURRENTLY'}`,
    );
  await db.query(`DROP TABLE ${table}`);
}

export async function dropRunTable(db: Db, runId: string): Promise<void> {
  await db.query(`DROP TABLE IF EXISTS ${runTable(runId)}`);
}

/**
 * Made apart and attached: CREATE TABLE .. PARTITION OF would lock out the readers of every day. One that is there but detached, or about to
 * be, is an old day whose removal was not ended: it is attached again, or what it is given would be seen by nobody.
 */
async function ensureDay(db: Db, predictionDate: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(${DAY_KEY})`, [predictionDate]);
  const day = dayTable(predictionDate);
  const found = await db.query<{ attached: boolean; pending: boolean; checks: string[] }>(
    `SELECT i.inhrelid IS NOT NULL AS attached, i.inhdetachpending IS TRUE AS pending,
       ARRAY(SELECT conname::text FROM pg_constraint WHERE conrelid = c.oid AND contype = 'c') AS checks
     FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.oid = to_regclass($1)`,
    [day],
  );
  const there = found.rows[0];
  if (there?.attached === true && !there.pending) return;
  if (there === undefined)
    await db.query(
      `CREATE TABLE ${day} (LIKE churn_predictions INCLUDING INDEXES) PARTITION BY LIST (project_id)`,
    );
  if (there?.pending === true)
    await db.query(`ALTER TABLE churn_predictions DETACH PARTITION ${day} FINALIZE`);
  // DETACH .. CONCURRENTLY leaves the bounds as a CHECK, which projects' tables do not have under that name.
  for (const check of there?.checks ?? [])
    await db.query(`ALTER TABLE ${day} DROP CONSTRAINT ${escapeIdentifier(check)}`);
  const { from, to } = dayBounds(predictionDate);
  await db.query(
    `ALTER TABLE churn_predictions ATTACH PARTITION ${day} FOR VALUES FROM (${from}) TO (${to})`,
  );
}

function dayBounds(predictionDate: string): { from: string; to: string } {
  const next = new Date(Date.parse(`${predictionDate}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { from: `date ${escapeLiteral(predictionDate)}`, to: `date ${escapeLiteral(next)}` };
}
