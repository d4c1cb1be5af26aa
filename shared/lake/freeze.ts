import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { datasetVersion, listSegments, type Segment } from './segments.ts';

export interface Frozen {
  /** Every event up to here is in the segments. */
  position: number;
  segments: Segment[];
  datasetVersion: string;
  /** Events accepted before the freeze that no segment holds yet; not part of it. */
  lagging: number;
}

const POLL_MS = 50;
/** The compactor hears of nothing while it connects anew, as after a restart of Postgres: it is asked again. */
const ASK_AGAIN_MS = 1_000;

/**
 * Fixes what is known now: asks the compactor to move the inbox into segments and waits for it, at most `waitMs`. If it does not come that
 * far, the freeze ends before the first event that is missing and says how many are, so that reading up to `position` again later gives
 * the same events.
 */
export async function freeze(pool: pg.Pool, projectId: string, options: { waitMs: number }): Promise<Frozen> {
  const target = await currentPosition(pool);
  const deadline = performance.now() + options.waitMs;
  let asked = Number.NEGATIVE_INFINITY;
  let behind = await findBehind(pool, projectId, target);
  while (behind.lagging > 0 && performance.now() < deadline) {
    if (performance.now() - asked > ASK_AGAIN_MS) {
      await pool.query(`SELECT pg_notify('churn_compact', $1)`, [projectId]);
      asked = performance.now();
    }
    await delay(Math.min(POLL_MS, Math.max(1, deadline - performance.now())));
    behind = await findBehind(pool, projectId, target);
  }
  const position = behind.first === null ? target : behind.first - 1;
  const segments = await listSegments(pool, projectId, position);
  return { position, segments, datasetVersion: datasetVersion(segments), lagging: behind.lagging };
}

async function currentPosition(pool: pg.Pool): Promise<number> {
  const result = await pool.query<{ position: string | number }>(
    'SELECT current_event_position() AS position',
  );
  return Number(result.rows[0]?.position ?? 0);
}

/** Inbox events up to the target that the compactor has not reached. */
async function findBehind(
  pool: pg.Pool,
  projectId: string,
  target: number,
): Promise<{ lagging: number; first: number | null }> {
  const result = await pool.query<{ lagging: string | number; first: string | number | null }>(
    `SELECT count(*) AS lagging, min(position) AS first FROM event_inbox
     WHERE project_id = $1 AND position <= $2
       AND position > coalesce((SELECT position FROM inbox_consumer WHERE project_id = $1 AND consumer = 'compactor'), 0)`,
    [projectId, target],
  );
  const row = result.rows[0];
  const first = row?.first ?? null;
  return { lagging: Number(row?.lagging ?? 0), first: first === null ? null : Number(first) };
}
