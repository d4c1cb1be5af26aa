import type { Context } from '../context.ts';
import { advanceHorizon } from '../queries/event-horizon.ts';
import { identityPartitions, removeOldIdentities } from '../queries/old-identities.ts';

const DAY_MS = 86_400_000;
/** An event may be dated a day ahead, and clocks differ: so much longer than events are taken their identities are kept. */
const MARGIN_DAYS = 2;
/** Rows that one statement removes: some tens of milliseconds. */
const BATCH = 5_000;

export interface Pruning {
  removed: number;
  /** There may be more to remove. */
  more: boolean;
}

/**
 * Removes identities of events that are older than the horizon, one batch a partition. The horizon moves first: from then on an event that could
 * repeat one of them is refused. Any number of processes may do this at once. The clock is the one that dated them: a process with a wrong one
 * would forget for good what is known.
 */
export async function pruneIdentities({ pool, config, databaseNow, metrics }: Context): Promise<Pruning> {
  const days = config.CHURN_EVENT_HORIZON_DAYS + MARGIN_DAYS;
  const keptSince = new Date((await databaseNow()) - days * DAY_MS).toISOString().slice(0, 10);
  await advanceHorizon(pool, keptSince);
  const pruning: Pruning = { removed: 0, more: false };
  for (const partition of await identityPartitions(pool)) {
    const removed = await removeOldIdentities(pool, partition, keptSince, BATCH);
    pruning.removed += removed;
    pruning.more ||= removed === BATCH;
  }
  metrics.pruned(pruning.removed);
  return pruning;
}
