import type { Duck } from '@churn/lake';
import type { PoolClient } from 'pg';
import type { SourceRules } from '../events/source-rules.ts';

const name = (column: string) => `"${column.replaceAll('"', '""')}"`;
const AT_ONCE = 10_000;

/**
 * For sources whose rows have a key: leaves in `fresh` only rows of identities not known before, over REST or from a file, the first of each.
 * Returns how many were left out because they are known with the same content, and the ordinals of those known with other content.
 */
export async function keepFreshRows(
  duck: Duck,
  client: PoolClient,
  projectId: string,
  rules: SourceRules,
): Promise<{ repeated: number; conflicts: number[] }> {
  const key = (rules.source.event_key ?? []).map((column) => `raw.${name(column)}`).join(` || chr(31) || `);
  const values = rules.fields.map((field) => `coalesce(f.${name(field.name)}::VARCHAR, '')`);
  const content = ['f.entity_id', 'f.occurred_us', ...values];
  await duck.run(
    `CREATE TEMP TABLE keyed AS SELECT f.ordinal, ${key} AS event_id, sha256(concat_ws(chr(31), ${content.join(', ')})) AS hash
     FROM fresh f JOIN raw USING (ordinal) ORDER BY f.ordinal`,
  );
  await duck.run('CREATE TEMP TABLE known (ordinal BIGINT)');
  let repeated = 0;
  const conflicts: number[] = [];
  for (let from = 0; ; from += AT_ONCE) {
    const rows = await duck.rows<{ ordinal: bigint; event_id: string; hash: string }>(
      `SELECT * FROM keyed ORDER BY ordinal LIMIT ${AT_ONCE} OFFSET ${from}`,
    );
    if (rows.length === 0) break;
    const verdicts = await claimIdentities(client, projectId, rules.source.name, rows);
    repeated += verdicts.repeated;
    conflicts.push(...verdicts.conflicts);
    if (verdicts.known.length > 0)
      await duck.run(`INSERT INTO known VALUES ${verdicts.known.map((ordinal) => `(${ordinal})`).join(',')}`);
  }
  await duck.run('DELETE FROM fresh WHERE ordinal IN (SELECT ordinal FROM known)');
  return { repeated, conflicts };
}

interface Keyed {
  ordinal: bigint;
  event_id: string;
  hash: string;
}

async function claimIdentities(
  client: PoolClient,
  projectId: string,
  source: string,
  rows: readonly Keyed[],
) {
  const { rows: verdicts } = await client.query<{
    ordinal: string | number;
    verdict: 'fresh' | 'repeated' | 'conflict';
  }>(
    `WITH incoming AS (
       SELECT event_id, decode(hash, 'hex') AS hash, ordinal, row_number() OVER (PARTITION BY event_id ORDER BY ordinal) AS nth
       FROM unnest($3::text[], $4::text[], $5::bigint[]) AS i (event_id, hash, ordinal)
     ), stored AS (
       INSERT INTO event_identity (project_id, source, event_id, content_hash, position)
       SELECT $1, $2, event_id, hash, 0 FROM incoming WHERE nth = 1 ORDER BY event_id
       ON CONFLICT DO NOTHING RETURNING event_id, content_hash
     )
     SELECT i.ordinal, CASE
       WHEN s.event_id IS NOT NULL AND i.nth = 1 THEN 'fresh'
       WHEN coalesce(s.content_hash, e.content_hash) = i.hash THEN 'repeated' ELSE 'conflict' END AS verdict
     FROM incoming i LEFT JOIN stored s USING (event_id)
     LEFT JOIN event_identity e ON e.project_id = $1 AND e.source = $2 AND e.event_id = i.event_id`,
    [
      projectId,
      source,
      rows.map((row) => row.event_id),
      rows.map((row) => row.hash),
      rows.map((row) => row.ordinal.toString()),
    ],
  );
  const of = (verdict: string) =>
    verdicts.filter((row) => row.verdict === verdict).map((row) => Number(row.ordinal));
  const repeated = of('repeated');
  const conflicts = of('conflict');
  return { repeated: repeated.length, conflicts, known: [...repeated, ...conflicts] };
}
