import type { BatchRun } from '@churn/contracts';
import type { Db } from './db.ts';

interface RunRow
  extends Omit<BatchRun, 'done' | 'total' | 'created_at' | 'finished_at' | 'exported_at' | 'as_of'> {
  as_of_us: number;
  exported_at: Date | null;
  rows_done: number;
  created_at: Date;
  finished_at: Date | null;
}

/** A project's runs, the newest first; with `runId` that one, or none. */
export async function findRuns(
  db: Db,
  filter: { projectId: string; runId?: string; limit: number },
): Promise<BatchRun[]> {
  const result = await db.query<RunRow>(
    `SELECT r.run_id, r.state, r.trigger, r.prediction_date::text, r.as_of_us, r.model, r.model_version, r.customers, r.high_risk,
       r.exported_at, r.step, r.error, r.created_at, r.finished_at, c.chunks, c.chunks_done, c.rows_done
     FROM batch_run r, LATERAL (
       SELECT count(*)::int AS chunks, count(*) FILTER (WHERE state = 'done')::int AS chunks_done,
         coalesce(sum(rows_out) FILTER (WHERE state = 'done'), 0)::bigint AS rows_done
       FROM batch_chunk WHERE run_id = r.run_id
     ) c
     WHERE r.project_id = $1 AND ($2::uuid IS NULL OR r.run_id = $2)
     ORDER BY r.created_at DESC LIMIT $3`,
    [filter.projectId, filter.runId ?? null, filter.limit],
  );
  return result.rows.map(toBatchRun);
}

/** done and total count customers scored; total is known once the snapshot is. */
function toBatchRun({ as_of_us, rows_done, exported_at, created_at, finished_at, ...row }: RunRow): BatchRun {
  return {
    ...row,
    as_of: new Date(as_of_us / 1000).toISOString(),
    exported_at: exported_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    finished_at: finished_at?.toISOString() ?? null,
    done: rows_done,
    total: row.customers,
  };
}
