import { findSource, type ProjectIr } from '@churn/features';
import { eventsRelation, listSegments } from '@churn/lake';
import type { Context } from '../context.ts';

/** Events of the lake as readers see them: the ids of those from the inbox, each as often as it is there, in the order of positions. */
export async function lakeEventIds(context: Context, ir: ProjectIr): Promise<string[]> {
  const segments = await listSegments(context.pool, ir.project);
  const duck = await context.openDuck();
  try {
    const source = findSource(ir, 'orders');
    const ids: string[] = [];
    for (const segment of segments) {
      const path = context.lakePath(segment.path);
      const rows = await duck.rows<{ event_id: string }>(
        `SELECT event_id FROM read_parquet('${path}') ORDER BY row_offset`,
      );
      ids.push(...rows.map((row) => row.event_id));
    }
    const [seen] = await duck.rows<{ rows: bigint }>(
      `SELECT count(*) AS rows FROM ${eventsRelation(segments, source, context.config.LAKE_URL)}`,
    );
    if (Number(seen?.rows) !== ids.length) throw new Error('readers see another number of events');
    return ids;
  } finally {
    await duck.close();
  }
}

/** Columns of a source's events in the lake, in the order of positions. */
export async function lakeRows(
  context: Context,
  ir: ProjectIr,
  source: string,
  columns: string,
): Promise<Record<string, unknown>[]> {
  const segments = await listSegments(context.pool, ir.project);
  const duck = await context.openDuck();
  try {
    const relation = eventsRelation(segments, findSource(ir, source), context.config.LAKE_URL);
    return await duck.rows(`SELECT ${columns} FROM ${relation} ORDER BY position`);
  } finally {
    await duck.close();
  }
}

/** Identities that the database has accepted, by id. */
export async function acceptedIds(context: Context): Promise<string[]> {
  const { rows } = await context.pool.query<{ event_id: string }>(
    `SELECT event_id FROM event_identity ORDER BY event_id`,
  );
  return rows.map((row) => row.event_id);
}
