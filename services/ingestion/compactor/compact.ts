import { findSource, type ProjectIr, type SourceIr } from '@churn/features';
import { type Duck, insertSegment, type NewSegment } from '@churn/lake';
import { Conflict, inTransaction } from '@churn/platform';
import { currentDefinitions } from '@churn/registry';
import type { Context } from '../context.ts';
import { withProjectLock } from '../project-lock.ts';
import { advanceCheckpoint, deleteConsumed, readCheckpoint } from '../queries/consumers.ts';
import { type InboxEvent, readInbox } from '../queries/read-inbox.ts';
import { segmentFile } from './segment-file.ts';

/** Events that one segment is made of at most. */
const ROWS = 100_000;

export interface Compaction {
  events: number;
  segments: number;
}

/**
 * Moves the project's inbox into segments, all that is there now. Files are written first, under names made of their positions and content; the
 * list of segments and the compactor's position change in one transaction. A crash at any point leaves at worst a file that nobody lists, which
 * sweepLake removes. Returns null when another process is at it. Throws Conflict, and lists nothing, when the lock was lost with its connection and
 * another process has moved the same events meanwhile.
 */
export function compact(
  context: Context,
  projectId: string,
  options: { wait: boolean },
): Promise<Compaction | null> {
  return withProjectLock(context.pool, 'compact', projectId, options, async () => {
    const total: Compaction = { events: 0, segments: 0 };
    for (;;) {
      const done = await compactOnce(context, projectId);
      total.events += done.events;
      total.segments += done.segments;
      if (done.events < ROWS) return total;
    }
  });
}

async function compactOnce(context: Context, projectId: string): Promise<Compaction> {
  const { pool, metrics } = context;
  const from = await readCheckpoint(pool, projectId, 'compactor');
  const events = await readInbox(pool, projectId, from, ROWS);
  const last = events.at(-1);
  if (last === undefined) return { events: 0, segments: 0 };
  const began = performance.now();
  const definitions = await currentDefinitions(pool, projectId);
  if (definitions === null) throw new Error(`Project ${projectId} has events but no definitions.`);
  const segments = await writeSegments(context, projectId, definitions.ir, events);
  await inTransaction(pool, async (client) => {
    if (!(await advanceCheckpoint(client, projectId, 'compactor', from, last.position)))
      throw new Conflict(
        'compacted-elsewhere',
        `Another process has compacted project ${projectId} beyond position ${from} meanwhile; this work is dropped.`,
      );
    for (const segment of segments) await insertSegment(client, segment);
  });
  await deleteConsumed(pool, projectId);
  metrics.compacted((performance.now() - began) / 1000);
  return { events: events.length, segments: segments.length };
}

async function writeSegments(
  context: Context,
  projectId: string,
  ir: ProjectIr,
  events: readonly InboxEvent[],
): Promise<NewSegment[]> {
  const duck = await context.openDuck();
  try {
    const segments: NewSegment[] = [];
    for (const name of new Set(events.map(({ source }) => source))) {
      const own = events.filter(({ source }) => source === name);
      segments.push(await writeSegment(context, duck, projectId, findSource(ir, name), own));
    }
    return segments;
  } finally {
    await duck.close();
  }
}

async function writeSegment(
  context: Context,
  duck: Duck,
  projectId: string,
  source: SourceIr,
  events: readonly InboxEvent[],
): Promise<NewSegment> {
  const from = events[0]?.position ?? 0;
  const to = events.at(-1)?.position ?? 0;
  const fields = source.fields.map(({ name }) => name);
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE segment (entity_id VARCHAR, occurred_us BIGINT, row_offset BIGINT, event_id VARCHAR${fields.map((name) => `, "${name}" BIGINT`).join('')})`,
  );
  const appender = await duck.connection.createAppender('segment');
  for (const event of events) {
    appender.appendVarchar(event.entityId);
    appender.appendBigInt(BigInt(event.occurredUs));
    appender.appendBigInt(BigInt(event.position - from));
    appender.appendVarchar(event.eventId);
    for (const name of fields) {
      const value = event.fields[name];
      if (value === undefined) appender.appendNull();
      else appender.appendBigInt(BigInt(value));
    }
    appender.endRow();
  }
  appender.closeSync();
  const file = await segmentFile(context, duck, {
    projectId,
    source: source.name,
    from,
    to,
    select: 'SELECT * FROM segment ORDER BY row_offset',
  });
  const times = events.map(({ occurredUs }) => occurredUs);
  return {
    ...file,
    projectId,
    source: source.name,
    rows: events.length,
    positionFrom: from,
    positionTo: to,
    minOccurredUs: times.reduce((a, b) => Math.min(a, b)),
    maxOccurredUs: times.reduce((a, b) => Math.max(a, b)),
    importId: null,
  };
}
