import type { Db } from './db.ts';

/** A table of predictions to be removed: a project's of a day, or a day's that has none left. */
export interface OldPredictions {
  date: string;
  /** Null: the day's own table. */
  project: string | null;
  table: string;
  /** Null: it was detached already by one that did not come to drop it. */
  parent: string | null;
  /** One that detached it did not come to the end. */
  pending: boolean;
}

/**
 * The next table of a day that ended more than `days` days ago, by the database's clock in UTC; of `date` only where it is given. Never the
 * newest of its project (stored predictions are answered from it), nor one whose run may still export, nor of a day that is scored again.
 * What was begun comes first, since only one partition of a table can be on its way out. Reads the catalog, by the names' prefix.
 */
export async function findOldPredictions(
  db: Db,
  old: { days: number; date?: string },
): Promise<OldPredictions | null> {
  const { rows } = await db.query<OldPredictions>(
    `WITH ours AS (
       SELECT c.oid, c.relname, c.relkind, i.inhparent AS parent, i.inhdetachpending IS TRUE AS pending
       FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
       WHERE c.relname LIKE 'churn\\_predictions\\_%' AND c.relkind IN ('r', 'p')
         AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'churn_predictions'::regclass)
     ), loaded AS (
       SELECT o.oid, o.parent, o.pending, r.project_id AS project, r.prediction_date AS date,
         r.state = 'succeeded' OR r.cleaned_at IS NOT NULL AS settled,
         max(r.prediction_date) FILTER (WHERE o.parent IS NOT NULL AND NOT o.pending) OVER (PARTITION BY r.project_id) AS newest
       FROM ours o JOIN batch_run r ON r.run_id = substring(o.relname FROM '^churn_predictions_r_([0-9a-f]{32})$')::uuid
       WHERE r.attached_at IS NOT NULL
     ), removable AS (
       SELECT oid, parent, pending, project, date FROM loaded l
       WHERE settled AND (parent IS NULL OR pending OR date < newest) AND NOT EXISTS (SELECT FROM batch_run n
         WHERE n.project_id = l.project AND n.prediction_date = l.date AND n.state NOT IN ('succeeded', 'failed'))
       UNION ALL
       SELECT oid, parent, pending, NULL, to_date(substring(relname FROM '^churn_predictions_([0-9]{8})$'), 'YYYYMMDD') FROM ours
       WHERE relkind = 'p' AND NOT EXISTS (SELECT FROM pg_inherits p WHERE p.inhparent = ours.oid)
     )
     SELECT date::text, project, oid::regclass::text AS table, parent::regclass::text AS parent, pending FROM removable
     WHERE date < (now() AT TIME ZONE 'UTC')::date - $1::int AND ($2::date IS NULL OR date = $2)
     ORDER BY pending DESC, removable.date, project NULLS LAST LIMIT 1`,
    [old.days, old.date ?? null],
  );
  return rows[0] ?? null;
}
