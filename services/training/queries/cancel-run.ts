import type { Pool, PoolClient } from 'pg';

/** Ends a run that waits or is under way. false: there is none such, or it has ended. Whoever trains it may write nothing to it from here on. */
export async function cancelRun(db: Pool | PoolClient, projectId: string, runId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE training_run SET state = 'cancelled', step = 'cancelled', error = NULL, lease_until = NULL, finished_at = now()
     WHERE project_id = $1 AND run_id = $2 AND state IN ('pending', 'running')`,
    [projectId, runId],
  );
  return rowCount === 1;
}
