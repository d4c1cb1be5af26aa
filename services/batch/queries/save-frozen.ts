import type { Db } from './db.ts';
import { type RunHold, requireHeld } from './hold-run.ts';

export interface Frozen {
  model: string;
  modelVersion: number;
  definitionsHash: string;
  position: number;
  datasetVersion: string;
}

/** What the run is fixed on, from here to its end. Throws LeaseLost. */
export async function saveFrozen(db: Db, run: RunHold, frozen: Frozen): Promise<void> {
  const result = await db.query(
    `UPDATE batch_run SET model = $3, model_version = $4, definitions_hash = $5, position = $6, dataset_version = $7
     WHERE run_id = $1 AND token = $2`,
    [
      run.runId,
      run.token,
      frozen.model,
      frozen.modelVersion,
      frozen.definitionsHash,
      frozen.position,
      frozen.datasetVersion,
    ],
  );
  requireHeld(result.rowCount, run);
}
