import type { Db } from './db.ts';

export interface LastSuccess {
  project: string;
  /** Seconds since 1970. */
  finishedAt: number;
  customers: number;
  highRisk: number;
}

/** The last run of each project that succeeded. */
export async function lastSuccesses(db: Db): Promise<LastSuccess[]> {
  const { rows } = await db.query<LastSuccess>(
    `SELECT DISTINCT ON (project_id) project_id AS project, extract(epoch FROM finished_at)::float8 AS "finishedAt",
       coalesce(customers, 0)::float8 AS customers, coalesce(high_risk, 0)::float8 AS "highRisk"
     FROM batch_run WHERE state = 'succeeded' ORDER BY project_id, finished_at DESC`,
  );
  return rows;
}
