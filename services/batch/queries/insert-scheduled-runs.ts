import type { Db } from './db.ts';

/** The project's first model: the one that is scored. */
const MODEL = `(SELECT ir #>> '{models,0,name}' FROM definition_set d WHERE d.project_id = p.project_id ORDER BY version DESC LIMIT 1)`;

/**
 * The scheduled run of a day for every project whose model was in Production at the firing and still is. A project that has it already,
 * or that has an open run, is left out (unique indexes). Returns the ids of the new runs.
 */
export async function insertScheduledRuns(
  db: Db,
  run: { predictionDate: string; asOfUs: number; firedAt: Date },
): Promise<string[]> {
  const result = await db.query<{ run_id: string }>(
    `INSERT INTO batch_run (project_id, trigger, prediction_date, as_of_us)
     SELECT p.project_id, 'schedule', $1, $2 FROM project p
     WHERE EXISTS (SELECT FROM model_version v WHERE v.project_id = p.project_id AND v.stage = 'Production' AND v.model = ${MODEL})
       AND EXISTS (SELECT FROM stage_transition t
         WHERE t.project_id = p.project_id AND t.to_stage = 'Production' AND t.at <= $3 AND t.model = ${MODEL})
     ON CONFLICT DO NOTHING RETURNING run_id`,
    [run.predictionDate, run.asOfUs, run.firedAt],
  );
  return result.rows.map((row) => row.run_id);
}
