import { type Logger, pause, subscribe } from '@churn/platform';
import { listProjects } from '@churn/registry';
import { compact } from './compactor/compact.ts';
import { sweepLake } from './compactor/sweep-lake.ts';
import type { Context } from './context.ts';
import { pruneIdentities } from './identities/prune.ts';
import { takeTurn } from './projector/project.ts';
import { readInboxState } from './queries/inbox-state.ts';
import { readSources } from './queries/read-sources.ts';

/** Notifications can be lost; this often the inbox is looked at all the same. */
const POLL_MS = 2_000;
/** Between turns, so that a steady stream is taken in handfuls and leaves the database to the intake. */
const BREATH_MS = 20;
/** The inbox is moved into segments when it holds so many events, or the oldest has waited so long. */
const COMPACT_EVENTS = 50_000;
const COMPACT_AGE_MS = 5 * 60_000;

/** What crashes left in the lake is looked for at start, and so often. */
const SWEEP_MS = 3_600_000;

/** Identities grow old by the day. */
const PRUNE_MS = 3_600_000;

export interface Work {
  /** New events are in the inbox. */
  wake(): void;
  close(): Promise<void>;
}

/** Projector, compactor and the removal of old identities, until closed. Any number of processes may run them: they take turns by lock. */
export function startWork(context: Context): Work {
  const projector = repeat(context.log, 'projector', async () => {
    let more = false;
    for (const projectId of await listProjects(context.pool)) {
      // One project that fails does not hold up the others.
      const turn = await takeTurn(context, projectId).catch((error) => {
        context.log.error('projector failed; it tries again', { project: projectId, error });
        return null;
      });
      more ||= turn?.did === 'projected' && turn.more;
    }
    return more;
  });
  const asked = new Set<string>();
  let swept = Number.NEGATIVE_INFINITY;
  const compactor = repeat(context.log, 'compactor', async () => {
    for (const { project, uncompacted, oldest } of await readInboxState(context.pool)) {
      const age = oldest === null ? 0 : Date.now() - oldest.getTime();
      const due =
        uncompacted > 0 && (asked.has(project) || uncompacted >= COMPACT_EVENTS || age >= COMPACT_AGE_MS);
      asked.delete(project);
      // One project that fails does not hold up the others.
      if (due)
        await compact(context, project, { wait: false }).catch((error) => {
          asked.add(project);
          context.log.error('compactor failed; it tries again', { project, error });
        });
    }
    context.metrics.setSources(await readSources(context.pool));
    if (performance.now() - swept > SWEEP_MS) {
      for (const projectId of await listProjects(context.pool)) await sweepLake(context, projectId);
      swept = performance.now();
    }
    return false;
  });
  const pruner = repeat(
    context.log,
    'removal of old identities',
    async () => (await pruneIdentities(context)).more,
    PRUNE_MS,
  );
  const subscription = subscribe(context.config.DATABASE_URL, ['churn_compact', 'churn_inbox'], {
    onNotify(channel, payload) {
      if (channel === 'churn_inbox') projector.wake();
      else {
        asked.add(payload);
        compactor.wake();
      }
    },
    onConnect: projector.wake,
    log: context.log,
  });
  return {
    wake: projector.wake,
    async close() {
      await subscription.close();
      await Promise.all([projector.close(), compactor.close(), pruner.close()]);
    },
  };
}

/** Runs `turn` again and again: soon when it says so or is woken, else after a pause. A throw is logged, and the next turn tries again. */
function repeat(
  log: Logger,
  name: string,
  turn: () => Promise<boolean>,
  pollMs = POLL_MS,
): { wake: () => void; close(): Promise<void> } {
  const ending = new AbortController();
  let waking = new AbortController();
  const loop = (async () => {
    while (!ending.signal.aborted) {
      waking = new AbortController();
      const more = await turn().catch((error) => {
        if (!ending.signal.aborted) log.error(`${name} failed; it tries again`, { error });
        return false;
      });
      if (!more) await pause(pollMs, AbortSignal.any([waking.signal, ending.signal]));
      await pause(BREATH_MS, ending.signal);
    }
  })();
  return {
    wake: () => waking.abort(),
    async close() {
      ending.abort();
      await loop;
    },
  };
}
