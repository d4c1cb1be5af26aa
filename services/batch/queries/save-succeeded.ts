import type { Db } from './db.ts';
import { advanceRun, type RunHold } from './hold-run.ts';

/** Channel that hears of every finished run: {project_id, run_id}. */
const FINISHED_CHANNEL = 'churn_batch_finished';

/** Ends the run and tells those who wait for it, in one transaction of the caller. Throws LeaseLost. */
export async function saveSucceeded(
  db: Db,
  run: RunHold & { projectId: string },
  outcome: { exported: boolean; step: string },
): Promise<void> {
  if (outcome.exported) {
    await db.query('UPDATE batch_run SET exported_at = clock_timestamp() WHERE run_id = $1 AND token = $2', [
      run.runId,
      run.token,
    ]);
  }
  await db.query('SELECT pg_notify($1, $2)', [
    FINISHED_CHANNEL,
    JSON.stringify({ project_id: run.projectId, run_id: run.runId }),
  ]);
  await advanceRun(db, run, 'succeeded', outcome.step);
}
