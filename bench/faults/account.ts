import { predictOneResponse } from '@churn/contracts';
import { freeze, lakePath, openDuck, type Segment } from '@churn/lake';
import type { Pool } from 'pg';
import { patiently } from '../harness/patiently.ts';
import type { Posted } from './event-probe.ts';

/** Where the events of the clients are, once things have settled. */
export interface Account {
  posted: Posted;
  /** Ids with an identity in Postgres. */
  stored: readonly string[];
  /** Ids in the lake, each as often as it is there. */
  lake: readonly string[];
  /** How many events the customer has, by the online state. */
  online: number;
}

/** What does not add up: one sentence each. Every accepted event is stored, and what is stored is once in the lake and once online. Pure. */
export function discrepancies({ posted, stored, lake, online }: Account): string[] {
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
  const lake = await lakeIds(stores, segments, posted);
  return { posted, stored, lake, online: await onlineCount(inferenceUrl, posted.customer, stored.length) };
}

async function lakeIds(
  { lakeUrl, tempDir }: Stores,
  segments: readonly Segment[],
  { customer, source }: Posted,
): Promise<string[]> {
  const files = segments
    .filter((segment) => segment.source === source)
    .map(({ path }) => `'${lakePath(lakeUrl, path).replaceAll("'", "''")}'`);
  const duck = await openDuck({ tempDir });
  try {
    const rows = await duck.rows<{ event_id: string }>(
      `SELECT event_id FROM read_parquet([${files.join(', ')}], union_by_name = true) WHERE entity_id = $1`,
      [customer],
    );
    return rows.map((row) => row.event_id);
  } finally {
    await duck.close();
  }
}

/** The customer's lifetime count of events, once it is `expected`; else what it is after a while. */
async function onlineCount(url: string, customer: string, expected: number): Promise<number> {
  let count = 0;
  const ask = async () => {
    const answer = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_id: customer }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const { degraded, features_used: features } = predictOneResponse.parse(await answer.json());
    if (degraded) throw new Error('the answer is a stored one');
    count = features.total_txn_count ?? 0;
    if (count !== expected) throw new Error(`${count} events, not ${expected}`);
  };
  await patiently(ask, { limitMs: SETTLE_MS }).catch(() => {});
  return count;
}
