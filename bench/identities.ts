/**
 * How identities of events are removed when they are old: by an index on their source and day, by a BRIN index on the day, or by dropping a partition a month.
 * Usage: node bench/identities.ts [rows, default 5000000]. For docs/adr/0012; ends within half an hour.
 */
import type { Pool } from 'pg';
import { withPlatform } from './harness/platform.ts';
import { ms, report, whole } from './harness/report.ts';

const ROWS = Number(process.argv[2] ?? 5_000_000);
const MONTHS = 14;
const DAYS = 30;
const BATCH = 5_000;
const PUTS = 200;
const PUT = 1_000;

interface Layout {
  name: string;
  table: string;
  create: string;
  /** What storing new identities and finding known ones takes: $1 the ids. */
  put: string;
  dropped: boolean;
}

const COLUMNS =
  "project_id text NOT NULL, source text NOT NULL, event_id text NOT NULL, content_hash bytea NOT NULL, position bigint NOT NULL, recorded_day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date";
const insert = (table: string) =>
  `INSERT INTO ${table} (project_id, source, event_id, content_hash, position)
   SELECT 'shop', 'orders', id, sha256(id::bytea), 1 FROM unnest($1::text[]) AS id`;
const hashed = (table: string, index: string): string =>
  `CREATE TABLE ${table} (${COLUMNS}, PRIMARY KEY (project_id, source, event_id)) PARTITION BY HASH (project_id, source, event_id);
   ${Array.from({ length: 8 }, (_, i) => `CREATE TABLE ${table}_p${i} PARTITION OF ${table} FOR VALUES WITH (MODULUS 8, REMAINDER ${i});`).join('\n')}
   CREATE INDEX ON ${table} ${index};`;
const monthly = (table: string): string =>
  `CREATE TABLE ${table} (${COLUMNS}) PARTITION BY RANGE (recorded_day);
   ${Array.from({ length: MONTHS + 1 }, (_, i) => `CREATE TABLE ${table}_p${i} PARTITION OF ${table} FOR VALUES FROM (current_date - ${(MONTHS - i) * DAYS}) TO (current_date - ${(MONTHS - i - 1) * DAYS});`).join('\n')}
   CREATE INDEX ON ${table} (project_id, source, event_id);`;

const SOURCE_AND_DAY = "((project_id || '/' || source), recorded_day)";

const LAYOUTS: Layout[] = [
  {
    name: 'B-tree index on source and day',
    table: 'by_index',
    create: hashed('by_index', SOURCE_AND_DAY),
    put: `${insert('by_index')} ON CONFLICT DO NOTHING`,
    dropped: false,
  },
  {
    name: 'BRIN index on the day',
    table: 'by_brin',
    create: hashed('by_brin', 'USING brin (recorded_day)'),
    put: `${insert('by_brin')} ON CONFLICT DO NOTHING`,
    dropped: false,
  },
  {
    name: 'a partition a month',
    table: 'by_month',
    create: monthly('by_month'),
    put: `${insert('by_month')} WHERE NOT EXISTS (SELECT FROM by_month e WHERE e.project_id = 'shop' AND e.source = 'orders' AND e.event_id = id)`,
    dropped: true,
  },
];

await withPlatform(30 * 60_000, async ({ pool }) => {
  const rows: string[][] = [];
  for (const layout of LAYOUTS) rows.push(await measure(pool, layout));
  const built = await buildSeconds(pool);
  report({
    title: 'Identities of events, removed when old',
    command: 'node bench/identities.ts',
    what: `${whole(ROWS)} identities of ${MONTHS} months with random ids; then ${whole(PUTS * PUT)} new ones in transactions of ${whole(PUT)}, the oldest month removed (${whole(BATCH)} at a time, or one DROP), VACUUM, as many new ones as were removed, and the next month removed. To build the B-tree index over them took ${built.toFixed(1)} s.`,
    header: [
      'layout',
      'bytes each',
      'new/s',
      'first month s',
      'longest ms',
      'new/s after',
      'second month s',
      'bytes after, of before',
    ],
    rows,
  });
});

async function measure(pool: Pool, { name, table, create, put, dropped }: Layout): Promise<string[]> {
  await pool.query(create);
  await fill(pool, table);
  const before = await bytes(pool, table);
  const first = await putMany(pool, put, PUTS);
  const parts = await partitions(pool, table);
  const remove = (month: number) =>
    dropped ? drop(pool, parts[month] ?? '') : prune(pool, parts, (MONTHS - month - 1) * DAYS);
  const one = await remove(0);
  await pool.query(`VACUUM ${table}`);
  const second = await putMany(pool, put, Math.round(ROWS / MONTHS / PUT));
  const two = await remove(1);
  await pool.query(`VACUUM ${table}`);
  const after = await bytes(pool, table);
  await pool.query(`DROP TABLE ${table}`);
  return [
    name,
    whole(before / ROWS),
    whole(first),
    one.seconds.toFixed(2),
    ms(one.longest),
    whole(second),
    two.seconds.toFixed(2),
    (after / before).toFixed(2),
  ];
}

/** What a migration takes that adds the index to a table in use; nothing can be stored meanwhile. */
async function buildSeconds(pool: Pool): Promise<number> {
  await pool.query(hashed('built', SOURCE_AND_DAY));
  await pool.query('DROP INDEX built_expr_recorded_day_idx');
  await fill(pool, 'built');
  const begun = performance.now();
  await pool.query(`CREATE INDEX ON built ${SOURCE_AND_DAY}`);
  return (performance.now() - begun) / 1_000;
}

async function fill(pool: Pool, table: string): Promise<void> {
  for (let month = 0; month < MONTHS; month++)
    for (let part = 0; part < 4; part++)
      await pool.query(
        `INSERT INTO ${table} (project_id, source, event_id, content_hash, position, recorded_day)
         SELECT 'shop', 'orders', id, sha256(id::bytea), 1, current_date - ${(MONTHS - month - 1) * DAYS} - 1 - (n % ${DAYS}) FROM (
           SELECT gen_random_uuid()::text AS id, n FROM generate_series(1, ${Math.round(ROWS / MONTHS / 4)}) AS n) AS made`,
      );
  await pool.query(`VACUUM ANALYZE ${table}`);
}

/** New identities a second. */
async function putMany(pool: Pool, put: string, times: number): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < times; i++)
    await pool.query({
      name: put.slice(12, 20),
      text: put,
      values: [Array.from({ length: PUT }, () => crypto.randomUUID())],
    });
  return (times * PUT * 1_000) / (performance.now() - begun);
}

async function partitions(pool: Pool, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY inhrelid',
    [table],
  );
  return rows.map(({ name }) => name);
}

async function drop(pool: Pool, part: string): Promise<{ seconds: number; longest: number }> {
  const begun = performance.now();
  await pool.query(`DROP TABLE ${part}`);
  const took = performance.now() - begun;
  return { seconds: took / 1_000, longest: took };
}

async function prune(
  pool: Pool,
  parts: string[],
  days: number,
): Promise<{ seconds: number; longest: number }> {
  const begun = performance.now();
  let longest = 0;
  for (const part of parts)
    for (let removed = BATCH; removed === BATCH; ) {
      const at = performance.now();
      const { rowCount } = await pool.query(
        `DELETE FROM ${part} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${part} WHERE project_id || '/' || source = 'shop/orders' AND recorded_day < current_date - ${days} LIMIT ${BATCH}))`,
      );
      removed = rowCount ?? 0;
      longest = Math.max(longest, performance.now() - at);
    }
  return { seconds: (performance.now() - begun) / 1_000, longest };
}

async function bytes(pool: Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    'SELECT sum(pg_total_relation_size(relid)) AS bytes FROM pg_partition_tree($1::regclass)',
    [table],
  );
  return Number(rows[0]?.bytes ?? 0);
}
