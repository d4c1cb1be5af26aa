import type { Duck } from '@churn/lake';
import { Unavailable } from '@churn/platform';
import type { PoolClient } from 'pg';
import type { SourceRules } from '../events/source-rules.ts';
import { readHorizons } from '../queries/event-horizon.ts';
import { claimKeys, type FileKey, type KnownKey, openKeys, stageKeys } from '../queries/import-keys.ts';

const name = (column: string) => `"${column.replaceAll('"', '""')}"`;
const AT_ONCE = 10_000;

/** Rows left out because their key is known: how many with the same content, and the ordinals of those with other content. */
export interface KeyOutcome {
  repeated: number;
  conflicts: number[];
}

/**
 * For sources whose rows have a key: leaves in `fresh` only rows of identities not known before, over REST or from a file, the first of each, and
 * stages these identities to be claimed.
 */
export async function keepFreshRows(
  duck: Duck,
  client: PoolClient,
  projectId: string,
  rules: SourceRules,
): Promise<KeyOutcome> {
  const key = rules.key.map((part) => {
    if (part.of === 'time') return 'f.occurred_us::VARCHAR';
    return part.of === 'field' ? `coalesce(f.${name(part.name)}::VARCHAR, '')` : `raw.${name(part.column)}`;
  });
  const values = rules.fields.map((field) => `coalesce(f.${name(field.name)}::VARCHAR, '')`);
  const content = ['f.entity_id', 'f.occurred_us', ...values];
  await duck.run(
    `CREATE TEMP TABLE keyed AS
     SELECT *, first_value(ordinal) OVER same AS first, first_value(hash) OVER same AS first_hash
     FROM (SELECT f.ordinal, ${key.join(' || chr(31) || ')} AS event_id, sha256(concat_ws(chr(31), ${content.join(', ')})) AS hash FROM fresh f JOIN raw USING (ordinal))
     WINDOW same AS (PARTITION BY event_id ORDER BY ordinal) ORDER BY ordinal`,
  );
  await openKeys(client);
  await duck.run('CREATE TEMP TABLE known (ordinal BIGINT, hash VARCHAR)');
  const [range] = await duck.rows<{ last: bigint | null }>('SELECT max(ordinal) AS last FROM keyed');
  for (let from = 0; from <= Number(range?.last ?? -1); from += AT_ONCE) {
    const keys = await duck.rows<FileKey & Record<string, unknown>>(
      `SELECT ordinal, event_id, hash FROM keyed WHERE ordinal >= ${from} AND ordinal < ${from + AT_ONCE} AND ordinal = first`,
    );
    await addKnown(duck, await stageKeys(client, projectId, rules.source.name, keys));
  }
  return leaveOutKnown(duck);
}

/**
 * Claims the keys of the rows in `fresh`. Null when all were claimed; otherwise `fresh` and the outcome have changed, since others came first. Throws
 * Unavailable when the horizon has passed a row since it was checked: what it repeats may have been removed before it was looked for.
 */
export async function claimFreshRows(
  duck: Duck,
  client: PoolClient,
  projectId: string,
  rules: SourceRules,
): Promise<KeyOutcome | null> {
  const taken = await claimKeys(client, projectId, rules.source.name);
  const horizonUs = (await readHorizons(client, projectId)).get(rules.source.name);
  const [oldest] = await duck.rows<{ us: bigint | null }>('SELECT min(occurred_us) AS us FROM fresh');
  if (horizonUs !== undefined && oldest?.us != null && Number(oldest.us) < horizonUs)
    throw new Unavailable(
      'horizon-moved',
      'The horizon of events (CHURN_EVENT_HORIZON_DAYS) has passed rows of the file while it was imported, so nothing was. Send it again.',
    );
  if (taken.length === 0) return null;
  await addKnown(duck, taken);
  return leaveOutKnown(duck);
}

async function addKnown(duck: Duck, keys: readonly KnownKey[]): Promise<void> {
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const values = keys.slice(at, at + AT_ONCE).map(({ ordinal, hash }) => `(${ordinal}, '${hash}')`);
    await duck.run(`INSERT INTO known VALUES ${values.join(', ')}`);
  }
}

async function leaveOutKnown(duck: Duck): Promise<KeyOutcome> {
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE left_out AS
     SELECT k.ordinal, k.hash <> coalesce(known.hash, k.first_hash) AS conflict
     FROM keyed k LEFT JOIN known ON known.ordinal = k.first WHERE known.hash IS NOT NULL OR k.ordinal <> k.first`,
  );
  await duck.run('DELETE FROM fresh WHERE ordinal IN (SELECT ordinal FROM left_out)');
  const [counts] = await duck.rows<{ repeated: bigint }>(
    'SELECT count(*) AS repeated FROM left_out WHERE NOT conflict',
  );
  const conflicts = await duck.rows<{ ordinal: bigint }>('SELECT ordinal FROM left_out WHERE conflict');
  return {
    repeated: Number(counts?.repeated ?? 0),
    conflicts: conflicts.map(({ ordinal }) => Number(ordinal)),
  };
}
