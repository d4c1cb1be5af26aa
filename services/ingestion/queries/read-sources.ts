import { currentDefinitions, listProjects } from '@churn/registry';
import type { Pool } from 'pg';

export interface SourceAge {
  project: string;
  source: string;
  isStatic: boolean;
  /** Newest event, microseconds since 1970. */
  newestUs: number;
}

/** The newest event of each source with events, in segments and inbox. */
export async function readSources(pool: Pool): Promise<SourceAge[]> {
  const { rows } = await pool.query<{ project: string; source: string; newest: number | string }>(
    `SELECT project_id AS project, source, max(newest) AS newest FROM (
       SELECT project_id, source, max(max_occurred_us) AS newest FROM segment GROUP BY project_id, source
       UNION ALL
       SELECT project_id, source, max(occurred_us) FROM event_inbox GROUP BY project_id, source) AS known
     GROUP BY project_id, source`,
  );
  const fixed = new Set<string>();
  for (const project of await listProjects(pool)) {
    const definitions = await currentDefinitions(pool, project);
    for (const source of definitions?.ir.sources ?? [])
      if (source.static) fixed.add(`${project}/${source.name}`);
  }
  return rows.map(({ project, source, newest }) => ({
    project,
    source,
    isStatic: fixed.has(`${project}/${source}`),
    newestUs: Number(newest),
  }));
}
