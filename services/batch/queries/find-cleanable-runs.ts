import type { Db } from './db.ts';

export interface CleanableRun {
  runId: string;
  projectId: string;
  /** A failed run's table that never became a partition. */
  orphaned: boolean;
}

interface CleanableRow {
  run_id: string;
  project_id: string;
  orphaned: boolean;
}

/** Finished runs whose snapshot is no longer among the newest of their project, and failed ones that will not be resumed. */
export async function findCleanableRuns(
  db: Db,
  keep: { keepRuns: number; keepFailedMs: number },
): Promise<CleanableRun[]> {
  const result = await db.query<CleanableRow>(
    `SELECT r.run_id, r.project_id, r.state = 'failed' AND r.attached_at IS NULL AS orphaned FROM batch_run r
     WHERE r.cleaned_at IS NULL AND r.finished_at IS NOT NULL AND (
       (r.state = 'failed' AND (r.finished_at < now() - $2 * interval '1 ms' OR EXISTS (
         SELECT FROM batch_run n WHERE n.project_id = r.project_id AND n.created_at > r.created_at AND n.state = 'succeeded')))
       OR (r.state = 'succeeded' AND (SELECT count(*) FROM batch_run n
         WHERE n.project_id = r.project_id AND n.created_at > r.created_at AND n.state = 'succeeded') >= $1))
     ORDER BY r.finished_at LIMIT 100`,
    [keep.keepRuns, keep.keepFailedMs],
  );
  return result.rows.map((row) => ({ runId: row.run_id, projectId: row.project_id, orphaned: row.orphaned }));
}

/** Marks a run's remains as removed. False when it was resumed in the meantime: then they must stay. */
export async function markCleaned(db: Db, runId: string): Promise<boolean> {
  const result = await db.query(
    `UPDATE batch_run SET cleaned_at = now() WHERE run_id = $1 AND cleaned_at IS NULL AND finished_at IS NOT NULL`,
    [runId],
  );
  return result.rowCount === 1;
}
