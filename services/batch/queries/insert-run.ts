import type { Db } from './db.ts';

export interface NewRun {
  projectId: string;
  trigger: 'manual' | 'bootstrap';
  predictionDate: string;
  asOfUs: number;
}

/** Starts a run, or returns the id of the project's open one, of which there is at most one. */
export async function insertRun(db: Db, run: NewRun): Promise<{ runId: string; inserted: boolean }> {
  // Between a refused insert and the look at the open run that run may end: once more is enough.
  for (let attempt = 0; attempt < 3; attempt++) {
    const inserted = await db.query<{ run_id: string }>(
      `INSERT INTO batch_run (project_id, trigger, prediction_date, as_of_us) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING run_id`,
      [run.projectId, run.trigger, run.predictionDate, run.asOfUs],
    );
    const created = inserted.rows[0];
    if (created !== undefined) return { runId: created.run_id, inserted: true };
    const open = await db.query<{ run_id: string }>(
      `SELECT run_id FROM batch_run WHERE project_id = $1 AND state NOT IN ('succeeded', 'failed')`,
      [run.projectId],
    );
    const found = open.rows[0];
    if (found !== undefined) return { runId: found.run_id, inserted: false };
  }
  throw new Error(`project ${run.projectId}: runs start and end faster than one can be inserted`);
}
