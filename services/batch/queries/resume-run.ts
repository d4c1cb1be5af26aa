import type { Db } from './db.ts';

export type Resumed = { did: 'resumed' } | { did: 'blocked'; openRunId: string } | { did: 'refused' };

/** Opens a failed run again where it failed, with fresh attempts. Refused: not failed, or cleaned up; blocked: another run is open. */
export async function resumeRun(db: Db, projectId: string, runId: string): Promise<Resumed> {
  const open = await db.query<{ run_id: string }>(
    `SELECT run_id FROM batch_run WHERE project_id = $1 AND run_id <> $2 AND state NOT IN ('succeeded', 'failed')`,
    [projectId, runId],
  );
  const other = open.rows[0];
  if (other !== undefined) return { did: 'blocked', openRunId: other.run_id };
  const result = await db.query(
    `WITH opened AS (
       UPDATE batch_run SET state = failed_in, failed_in = NULL, error = NULL, attempts = 0, finished_at = NULL, started_at = NULL,
         next_turn_at = now(), step = 'resumed'
       WHERE run_id = $2 AND project_id = $1 AND state = 'failed' AND cleaned_at IS NULL RETURNING run_id
     ), chunks AS (
       UPDATE batch_chunk c SET attempts = 0, last_error = NULL, not_before = NULL, enqueued_at = NULL
       FROM opened WHERE c.run_id = opened.run_id AND c.state <> 'done'
     ) SELECT run_id FROM opened`,
    [projectId, runId],
  );
  return result.rowCount === 1 ? { did: 'resumed' } : { did: 'refused' };
}
