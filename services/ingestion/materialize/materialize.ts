import type { MaterializeResult } from '@churn/contracts';
import { type Duck, eventsRelation, listSegments, readSegments, type Segment } from '@churn/lake';
import { GenerationReplaced } from '@churn/online';
import { Conflict, NotFound } from '@churn/platform';
import { compact } from '../compactor/compact.ts';
import type { Context } from '../context.ts';
import { type LiveViews, liveViews } from '../live-views.ts';
import { withProjectLock } from '../project-lock.ts';
import { currentPosition, deleteConsumed, lowerCheckpoint, saveCheckpoint } from '../queries/consumers.ts';
import { lastImportPosition } from '../queries/file-imports.ts';
import { nextGeneration } from '../queries/next-generation.ts';
import { dropLeftovers } from './drop-leftovers.ts';
import { streamStates } from './stream-states.ts';

/** States written in one go. */
const AT_ONCE = 2_000;

/**
 * Rebuilds the online state of every customer from the lake, aside, and switches to it. Waits for a rebuild that is under way. Throws NotFound
 * without definitions, and Conflict when the store was emptied or taken over meanwhile.
 */
export async function materialize(context: Context, projectId: string): Promise<MaterializeResult> {
  const built = await withProjectLock(context.pool, 'online', projectId, { wait: true }, () =>
    rebuild(context, projectId),
  ).catch((error) => {
    if (!(error instanceof GenerationReplaced)) throw error;
    throw new Conflict(
      'rebuild-overtaken',
      `The online store of project ${projectId} was emptied or taken over during the rebuild. Run it again.`,
    );
  });
  if (built === null)
    throw new Conflict('rebuild-running', `A rebuild of project ${projectId} is under way.`);
  return built;
}

/** Rebuilds unless the store holds every imported file already, as when the projector has seen to it meanwhile. */
export async function materializeImports(context: Context, projectId: string): Promise<void> {
  await withProjectLock(context.pool, 'online', projectId, { wait: true }, async () => {
    const mark = await context.store.mark(projectId);
    const imported = await lastImportPosition(context.pool, projectId);
    if (mark === null || mark.position < imported) await rebuild(context, projectId);
  });
}

/**
 * The rebuild itself; the caller holds the project's lock, so that no projector writes meanwhile. The inbox is compacted first: then the segments
 * hold every event up to the position, and the projector goes on from there. The generation is begun before the position is read: whoever
 * takes the lock from a process that sleeps closes its generation, and what they project since cannot be lost by it.
 */
export async function rebuild(context: Context, projectId: string): Promise<MaterializeResult> {
  const began = performance.now();
  const { pool, store, metrics, log } = context;
  const live = await liveViews(pool, projectId);
  if (live === null)
    throw new NotFound(
      'definitions-missing',
      `Project ${projectId} has no definitions yet: churn apply <folder>.`,
    );
  const serving = await dropLeftovers(store, projectId);
  const generation = await nextGeneration(pool, serving?.generation ?? 0);
  await store.beginGeneration(projectId, generation);
  const position = await currentPosition(pool);
  await compact(context, projectId, { wait: true });
  const duck = await context.openDuck();
  let customers: number;
  try {
    const segments = await listSegments(pool, projectId, position);
    customers = await readSegments(segments, context.config.LAKE_URL, () =>
      writeViews(context, duck, segments, { projectId, live, generation, position }),
    );
  } finally {
    await duck.close();
  }
  // The reader is never ahead of the states it will find, whichever generation serves after a crash; what it reads twice changes nothing.
  await lowerCheckpoint(pool, projectId, 'projector', position);
  await store.switchGeneration(projectId, {
    generation,
    position,
    definitions_hash: live.hash,
    views: live.views.map(({ online }) => online.key),
    built_at: new Date(context.now()).toISOString(),
    customers,
  });
  await saveCheckpoint(pool, projectId, 'projector', position);
  await deleteConsumed(pool, projectId);
  await store.dropOtherGenerations(projectId, generation);
  const durationMs = performance.now() - began;
  metrics.materialized(customers, durationMs / 1000);
  log.info('online features rebuilt', {
    project: projectId,
    generation,
    customers,
    position,
    ms: durationMs,
  });
  return { generation, customers, position, duration_ms: durationMs };
}

interface Building {
  projectId: string;
  live: LiveViews;
  generation: number;
  position: number;
}

/** Returns the customers of the largest view. */
async function writeViews(
  context: Context,
  duck: Duck,
  segments: readonly Segment[],
  building: Building,
): Promise<number> {
  const { projectId, live, generation, position } = building;
  let customers = 0;
  for (const { online, source } of live.views) {
    const relation = eventsRelation(segments, source, context.config.LAKE_URL);
    let written = 0;
    let entries: { view: string; id: string; state: Uint8Array }[] = [];
    for await (const { id, state } of streamStates(
      duck,
      relation,
      source,
      online,
      position,
      context.now() * 1000,
    )) {
      entries.push({ view: online.key, id, state });
      if (entries.length < AT_ONCE) continue;
      written += await context.store.write(projectId, generation, entries);
      entries = [];
    }
    written += await context.store.write(projectId, generation, entries);
    customers = Math.max(customers, written);
  }
  return customers;
}
