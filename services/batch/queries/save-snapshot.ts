import type { Db } from './db.ts';
import { type RunHold, requireHeld } from './hold-run.ts';

/** The snapshot that the run's chunks are rows of. Throws LeaseLost. */
export async function saveSnapshot(
  db: Db,
  run: RunHold,
  snapshot: { path: string; customers: number },
): Promise<void> {
  const result = await db.query(
    'UPDATE batch_run SET snapshot_path = $3, customers = $4 WHERE run_id = $1 AND token = $2',
    [run.runId, run.token, snapshot.path, snapshot.customers],
  );
  requireHeld(result.rowCount, run);
}
