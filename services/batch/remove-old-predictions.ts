import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { Context } from './context.ts';
import { findOldPredictions } from './queries/find-old-predictions.ts';
import { DAY_KEY, removePartition } from './queries/prediction-tables.ts';

export interface Removal {
  date: string;
  /** Whose predictions of that day are gone. */
  projects: string[];
  /** Tables dropped: the projects', and the day's own with the last of them. */
  tables: number;
  /** What the rest waits for; it is tried again at the next turn. */
  heldUp: string | null;
}

/** lock_not_available, query_canceled (the statement's limit), deadlock_detected, and another partition on its way out. */
const BUSY = new Set(['55P03', '57014', '40P01', '55000']);

/**
 * Removes the predictions of one day that is older than CHURN_PREDICTION_DAYS: what findOldPredictions says. Null when there is none, when
 * another process is at it, or when the setting is not set. Any number of processes may do this at once.
 */
export async function removeOldPredictions(
  context: Pick<Context, 'pool' | 'config' | 'limits'>,
): Promise<Removal | null> {
  const { pool, limits } = context;
  const days = context.config.CHURN_PREDICTION_DAYS;
  if (days === undefined) return null;
  const oldest = await findOldPredictions(pool, { days });
  if (oldest === null) return null;
  return withDay(pool, oldest.date, limits.removalWaitMs, (client) => removeDay(client, days, oldest.date));
}

/** Looks again before each table, under the day's lock: another process may have removed it, or a run may have been started. */
async function removeDay(client: PoolClient, days: number, date: string): Promise<Removal> {
  const removal: Removal = { date, projects: [], tables: 0, heldUp: null };
  try {
    for (;;) {
      const next = await findOldPredictions(client, { days, date });
      if (next === null) return removal;
      await removePartition(client, next);
      removal.tables += 1;
      if (next.project !== null) removal.projects.push(next.project);
    }
  } catch (error) {
    if (!(error instanceof DatabaseError && BUSY.has(error.code ?? ''))) throw error;
    return { ...removal, heldUp: error.message };
  }
}

/** Runs `work` while no run of that day is published and no other process removes it; null when one is at it. */
async function withDay<T>(
  pool: Pool,
  date: string,
  waitMs: number,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | null> {
  const client = await pool.connect();
  let healthy = false;
  try {
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(${DAY_KEY}) AS held, set_config('lock_timeout', $2, false)`,
      [date, String(waitMs)],
    );
    const held = rows[0]?.held === true;
    const result = held ? await work(client) : null;
    if (held) await client.query(`SELECT pg_advisory_unlock(${DAY_KEY})`, [date]);
    await client.query('RESET lock_timeout');
    healthy = true;
    return result;
  } finally {
    // A session's lock ends with its connection, also when it could not be given back.
    client.release(!healthy);
  }
}
