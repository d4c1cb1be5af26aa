/**
 * What a call of inbox_put takes where Postgres has no statistics of event_identity yet: joined with it, as migration 0012 had it, and by the key
 * of each event. Usage: node bench/identity-lookups.ts. For docs/adr/0012; ends within two minutes.
 */
import { readFileSync } from 'node:fs';
import { insertProject, sampleProject } from '@churn/testing';
import type { Pool, PoolClient } from 'pg';
import { withPlatform } from './harness/platform.ts';
import { ms, report, whole } from './harness/report.ts';

const THOUSANDS = 200;
const SINGLES = 300;
/** Of each size, the last ones are measured: the plan is made by then, and the table is filled. */
const MEASURED = 20;
const shop = sampleProject();

/** The function as a migration makes it. */
function functionIn(migration: string): string {
  const [text] =
    /^CREATE OR REPLACE FUNCTION inbox_put[\s\S]*?^END \$\$;/m.exec(readFileSync(migration, 'utf8')) ?? [];
  if (text === undefined) throw new Error(`${migration} does not make inbox_put`);
  return text;
}

const WAYS = [
  {
    name: 'joined',
    set: `DROP INDEX event_identity_source_day; CREATE INDEX event_identity_day ON event_identity (project_id, source, recorded_day);
      ${functionIn('migrations/0012_event_horizon.sql')}`,
  },
  {
    name: 'by key',
    set: `DROP INDEX event_identity_day; CREATE INDEX event_identity_source_day ON event_identity ((project_id || '/' || source), recorded_day);
      ${functionIn('migrations/0013_identities_by_key.sql')}`,
  },
];

await withPlatform(2 * 60_000, async ({ pool }) => {
  await insertProject(pool, shop);
  await pool.query(`DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'event_identity'::regclass LOOP
      EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', part);
    END LOOP; END $$`);
  const rows: string[][] = [];
  for (const { name, set } of WAYS) {
    await pool.query(set);
    rows.push([name, ...(await measure(pool)).map(ms)]);
  }
  report({
    title: 'Events that are looked for among those that are known',
    command: 'node bench/identity-lookups.ts',
    what: `One connection; ${SINGLES} events one by one, ${whole(THOUSANDS)} calls of 1,000, ${MEASURED} of those again, ${SINGLES} one by one; no statistics. Milliseconds a call, the mean of the last ${MEASURED}, its commit included.`,
    header: ['identities are looked for', 'one, empty table', '1,000 new', '1,000 known', 'one, full table'],
    rows,
  });
});

async function measure(pool: Pool): Promise<number[]> {
  await pool.query('TRUNCATE event_identity, event_inbox');
  const client = await pool.connect();
  let id = 0;
  const next = (count: number) => Array.from({ length: count }, () => `e${id++}`);
  const known = (call: number) => Array.from({ length: 1_000 }, (_, i) => `e${SINGLES + call * 1_000 + i}`);
  const means = [
    await repeat(SINGLES, () => put(client, next(1))),
    await repeat(THOUSANDS, () => put(client, next(1_000))),
    await repeat(MEASURED, (call) => put(client, known(call))),
    await repeat(SINGLES, () => put(client, next(1))),
  ];
  // Its plans are of this way.
  client.release(true);
  return means;
}

/** Milliseconds of a call, the mean of the last ones. */
async function repeat(times: number, call: (time: number) => Promise<unknown>): Promise<number> {
  for (let time = 0; time < times - MEASURED; time++) await call(time);
  const begun = performance.now();
  for (let time = times - MEASURED; time < times; time++) await call(time);
  return (performance.now() - begun) / MEASURED;
}

function put(client: PoolClient, ids: readonly string[]) {
  return client.query('SELECT inbox_put($1, $2, $3, $4, $5, $6, $7)', [
    shop.project,
    ids.map(() => 'orders'),
    ids,
    ids.map((id) => Buffer.from(id)),
    ids,
    ids.map(() => 1),
    ids.map(() => '{"amount":1250,"quantity":1}'),
  ]);
}
