import { InvalidInput } from '@churn/platform';
import type { PoolClient } from 'pg';

/** A key of a file, by the first row that has it. */
export interface FileKey {
  ordinal: bigint;
  event_id: string;
  /** SHA-256 of the row's content, hex. */
  hash: string;
}

/** A key that was known before, with the hash of what it is known with. */
export interface KnownKey {
  ordinal: string;
  hash: string;
}

/** Makes the transaction's table of keys that the file is to claim. */
export async function openKeys(client: PoolClient): Promise<void> {
  await client.query(
    'CREATE TEMP TABLE import_key (ordinal text, event_id text, content_hash bytea) ON COMMIT DROP',
  );
}

/**
 * Puts keys that nobody has into that table, and returns those that are known. Locks nothing. Each key is looked for by itself (LIMIT keeps
 * Postgres from joining instead): over a table that it has not analyzed yet, it would read every identity of the source for a few keys.
 */
export async function stageKeys(
  client: PoolClient,
  projectId: string,
  source: string,
  keys: readonly FileKey[],
): Promise<KnownKey[]> {
  const { rows } = await client.query<KnownKey>(
    `WITH incoming AS MATERIALIZED (
       SELECT i.event_id, decode(i.hash, 'hex') AS content_hash, i.ordinal, e.content_hash AS known
       FROM unnest($3::text[], $4::text[], $5::text[]) AS i (event_id, hash, ordinal)
       LEFT JOIN LATERAL (
         SELECT content_hash FROM event_identity WHERE project_id = $1 AND source = $2 AND event_id = i.event_id LIMIT 1
       ) e ON true
     ), staged AS (
       INSERT INTO import_key SELECT ordinal, event_id, content_hash FROM incoming WHERE known IS NULL
     )
     SELECT ordinal, encode(known, 'hex') AS hash FROM incoming WHERE known IS NOT NULL`,
    [
      projectId,
      source,
      keys.map((key) => key.event_id),
      keys.map((key) => key.hash),
      keys.map((key) => key.ordinal.toString()),
    ],
  );
  return rows;
}

/**
 * Claims the staged keys, under the lock that orders positions, and returns those that somebody else has claimed since they were staged. Whoever
 * claims keys takes that lock first, as inbox_put does: nobody waits for a key while another waits for the lock. It is held until the end of the
 * transaction, so nothing slow may follow.
 */
export async function claimKeys(client: PoolClient, projectId: string, source: string): Promise<KnownKey[]> {
  const staged = await client.query<{ keys: number }>('SELECT count(*) AS keys FROM import_key');
  if (staged.rows[0]?.keys === 0) return [];
  await client.query('SELECT lock_event_position()');
  const claimed = await client
    .query(
      `INSERT INTO event_identity (project_id, source, event_id, content_hash, position)
       SELECT $1, $2, event_id, content_hash, 0 FROM import_key ORDER BY event_id ON CONFLICT DO NOTHING`,
      [projectId, source],
    )
    .catch(keyTooLong);
  if (claimed.rowCount === staged.rows[0]?.keys) return [];
  // Rows of another transaction than this one.
  const { rows } = await client.query<KnownKey>(
    `SELECT k.ordinal, encode(e.content_hash, 'hex') AS hash
     FROM import_key k, LATERAL (
       SELECT xmin, content_hash FROM event_identity WHERE project_id = $1 AND source = $2 AND event_id = k.event_id LIMIT 1
     ) e
     WHERE e.xmin <> pg_current_xact_id()::xid`,
    [projectId, source],
  );
  return rows;
}

/** What Postgres says of a row that its index cannot hold: program_limit_exceeded. */
const TOO_LONG = '54000';

function keyTooLong(error: Error): never {
  if (!('code' in error) || error.code !== TOO_LONG) throw error;
  throw new InvalidInput(
    'key-too-long',
    'The columns of the event key are together longer than 2,700 bytes in some row, so nothing was imported. Shorten them, or take fewer columns as event_key.',
  );
}
