import type { OnlineEvent } from '@churn/features';
import type { OnlineMark, OnlineStore, StateEntry } from '@churn/online';
import { inTransaction } from '@churn/platform';
import type { Context } from '../context.ts';
import { type LiveView, liveViews } from '../live-views.ts';
import { rebuild } from '../materialize/materialize.ts';
import { withProjectLock } from '../project-lock.ts';
import { deleteConsumed, readCheckpoint, saveCheckpoint } from '../queries/consumers.ts';
import { lastImportPosition } from '../queries/file-imports.ts';
import { type InboxEvent, readInbox } from '../queries/read-inbox.ts';

/** What one turn did. */
export type Turn =
  | { did: 'nothing' }
  | { did: 'projected'; events: number; states: number; more: boolean }
  /** The store held no complete generation of what is needed, or lacked an imported file. */
  | { did: 'rebuilt'; customers: number }
  /** Another process is at it. */
  | { did: 'busy' };

/** Events of one turn. */
const EVENTS = 5_000;

/**
 * Applies the project's newest events to online state, once. States are written only over older ones and the checkpoint moves afterwards, so a
 * turn that was cut short, or one that ran twice, changes nothing. A store without a complete generation, or one from before an import, is rebuilt
 * from the lake.
 */
export async function takeTurn(context: Context, projectId: string): Promise<Turn> {
  const turn = await withProjectLock(context.pool, 'online', projectId, { wait: false }, () =>
    turnAlone(context, projectId),
  );
  return turn ?? { did: 'busy' };
}

async function turnAlone(context: Context, projectId: string): Promise<Turn> {
  const { pool, store } = context;
  const live = await liveViews(pool, projectId);
  if (live === null) return { did: 'nothing' };
  const { mark, projected, building } = await store.standing(projectId);
  const from = await readCheckpoint(pool, projectId, 'projector');
  if (
    mark === null ||
    isOfAnotherTime(projected, from) ||
    mark.position < (await lastImportPosition(pool, projectId)) ||
    live.views.some(({ online }) => !mark.views.includes(online.key))
  ) {
    const { customers } = await rebuild(context, projectId);
    return { did: 'rebuilt', customers };
  }
  if (building) await store.dropOtherGenerations(projectId, mark.generation);
  await forgetOtherViews(store, projectId, mark, live.views);
  const events = await readInbox(pool, projectId, from, EVENTS);
  const last = events.at(-1);
  if (last === undefined) return { did: 'nothing' };
  let states = 0;
  for (const view of live.views) states += await projectView(context, projectId, mark, view, events);
  await store.advance(projectId, mark.generation, last.position);
  await inTransaction(pool, async (client) => {
    // A checkpoint lost in a crash only makes the turn run again: it need not make the intake wait for the disk.
    await client.query('SET LOCAL synchronous_commit = off');
    await saveCheckpoint(client, projectId, 'projector', last.position);
    await deleteConsumed(client, projectId);
  });
  return { did: 'projected', events: events.length, states, more: events.length === EVENTS };
}

/**
 * Whether the states cannot be those that this database's projector left: they end before its checkpoint, as in a store that was set back
 * (a power cut, a backup), or there is no checkpoint, as in a new database.
 */
function isOfAnotherTime(projected: number | null, checkpoint: number): boolean {
  return projected === null || projected < checkpoint || (checkpoint === 0 && projected > 0);
}

/** States of a view that is no longer kept fall behind from here on: should it come back, they must be built anew. */
async function forgetOtherViews(
  store: OnlineStore,
  projectId: string,
  mark: OnlineMark,
  live: readonly LiveView[],
): Promise<void> {
  const views = mark.views.filter((key) => live.some(({ online }) => online.key === key));
  if (views.length < mark.views.length) await store.switchGeneration(projectId, { ...mark, views });
}

async function projectView(
  { store, now, log, metrics }: Context,
  projectId: string,
  mark: OnlineMark,
  { online, source }: LiveView,
  events: readonly InboxEvent[],
): Promise<number> {
  const byCustomer = Map.groupBy(
    events.filter((event) => event.source === source.name),
    (event) => event.entityId,
  );
  const ids = [...byCustomer.keys()];
  const states = await store.readGeneration(projectId, mark.generation, online.key, ids);
  const entries = ids.flatMap((id, index): StateEntry[] => {
    const fresh: OnlineEvent[] = byCustomer.get(id) ?? [];
    const onInexact = (measure: string) => {
      metrics.inexact();
      log.warn('a sum is not exact any more, so features of it are null', {
        project: projectId,
        view: online.key,
        customer: id,
        measure,
        remedy: 'declare the field with a smaller scale, or correct the events',
      });
    };
    const state = online.apply(states[index] ?? null, fresh, now() * 1000, onInexact);
    return state === null ? [] : [{ view: online.key, id, state }];
  });
  return entries.length === 0 ? 0 : store.write(projectId, mark.generation, entries);
}
