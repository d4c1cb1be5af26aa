import { predictOneResponse } from '@churn/contracts';
import { freeze, lakePath, openDuck, type Segment } from '@churn/lake';
import type { Pool } from 'pg';
import { patiently } from '../harness/patiently.ts';
import { AMOUNT, type Posted } from './event-probe.ts';

/** Where the events of the clients are, once things have settled. */
export interface Account {
  posted: Posted;
  /** Ids with an identity in Postgres. */
  stored: readonly string[];
  /** Ids in the lake, each as often as it is there. */
  lake: readonly string[];
  /** What these events amount to, in dollars. */
  lakeAmount: number;
  /** How many events the customer has, by the online state. */
  online: number;
  /** What they amount to, in dollars. */
  onlineAmount: number;
}

/** What does not add up: one sentence each. Every accepted event is stored, and what is stored is once in the lake and once online, with its amount. Pure. */
export function discrepancies(account: Account): string[] {
  const { posted, stored, lake, online } = account;
  const found: string[] = [];
  const say = (ids: readonly string[], what: string) => {
    if (ids.length > 0) found.push(`${ids.length} events ${what}, the first of them ${ids[0]}`);
  };
  const times = new Map<string, number>();
  for (const id of lake) times.set(id, (times.get(id) ?? 0) + 1);
  const known = new Set(stored);
  say(
    [...posted.accepted].filter((id) => !known.has(id)),
    'answered with 202 have no identity in Postgres',
  );
  say(
    stored.filter((id) => !times.has(id)),
    'with an identity are not in the lake',
  );
  say(
    [...times].filter(([, n]) => n > 1).map(([id]) => id),
    'are in the lake more than once',
  );
  say(
    [...times.keys()].filter((id) => !known.has(id)),
    'of the lake have no identity',
  );
  if (online !== stored.length)
    found.push(`the online state counts ${online} events of the customer, ${stored.length} are stored`);
  for (const [where, events, amount] of [
    ['lake', lake.length, account.lakeAmount],
    ['online state', online, account.onlineAmount],
  ] as const)
    if (amount !== events * AMOUNT)
      found.push(`${events} events of ${AMOUNT} each amount to ${amount} in the ${where}`);
  return found;
}

export interface Stores {
  pool: Pool;
  /** The project that the events are of. */
  project: string;
  lakeUrl: string;
  /** For what DuckDB spills. */
  tempDir: string;
  /** Where POST /predict is. */
  inferenceUrl: string;
}

const SETTLE_MS = 30_000;

/** Reads where the events are, after the compactor has taken all of them and the projector was given time to. */
export async function readAccount(stores: Stores, posted: Posted): Promise<Account> {
  const { pool, project, inferenceUrl } = stores;
  const { rows } = await pool.query<{ event_id: string }>(
    'SELECT event_id FROM event_identity WHERE project_id = $1 AND event_id = ANY($2)',
    [project, [...posted.sent]],
  );
  const stored = rows.map((row) => row.event_id);
  const { segments, lagging } = await freeze(pool, project, { waitMs: SETTLE_MS });
  if (lagging > 0)
    throw new Error(`the compactor has left ${lagging} events in the inbox for ${SETTLE_MS / 1000} s`);
  const lake = await lakeEvents(stores, segments, posted);
  return {
    ...{ posted, stored, lake: lake.map(({ event_id }) => event_id) },
    lakeAmount: lake.reduce((sum, { cents }) => sum + (cents ?? 0), 0) / 100,
    ...(await onlineTotals(inferenceUrl, posted.customer, stored.length)),
  };
}

async function lakeEvents(
  { lakeUrl, tempDir }: Stores,
  segments: readonly Segment[],
  { customer, source }: Posted,
): Promise<{ event_id: string; cents: number | null }[]> {
  const files = segments
    .filter((segment) => segment.source === source)
    .map(({ path }) => `'${lakePath(lakeUrl, path).replaceAll("'", "''")}'`);
  const duck = await openDuck({ tempDir });
  try {
    return await duck.rows<{ event_id: string; cents: number | null }>(
      `SELECT event_id, amount::DOUBLE AS cents FROM read_parquet([${files.join(', ')}], union_by_name = true) WHERE entity_id = $1`,
      [customer],
    );
  } finally {
    await duck.close();
  }
}

/** The customer's lifetime count of events, and what those of 90 days amount to, once the count is `expected`; else what they are after a while. */
async function onlineTotals(
  url: string,
  customer: string,
  expected: number,
): Promise<Pick<Account, 'online' | 'onlineAmount'>> {
  let online = 0;
  let onlineAmount = 0;
  const ask = async () => {
    const answer = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_id: customer }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const { degraded, features_used: features } = predictOneResponse.parse(await answer.json());
    if (degraded) throw new Error('the answer is a stored one');
    online = features.total_txn_count ?? 0;
    onlineAmount = features.total_spent_90d ?? 0;
    if (online !== expected) throw new Error(`${online} events, not ${expected}`);
  };
  await patiently(ask, { limitMs: SETTLE_MS }).catch(() => {});
  return { online, onlineAmount };
}
