import pg from 'pg';
import type { Logger } from './log.ts';
import { withoutCredentials } from './redact.ts';

export interface PoolOptions {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Connections; default 10. */
  max?: number;
  /** Enforced by the server; default 30 s. */
  statementTimeoutMs?: number;
  /** How long a reply may take, for a server that does not enforce anything because it is frozen or cut off. Not for COPY. Default: no limit. */
  replyTimeoutMs?: number;
  /** Default 5 s. */
  connectTimeoutMs?: number;
  log?: Logger;
}

const INT8 = 20;
const CONNECT_MS = 5_000;

/**
 * A pool with limits: 5 s for a connection, 30 s for a statement and 10 s idle inside a transaction, the last two by the server. A server that
 * is frozen keeps none of them: routes have a limit of their own (inTime), and so has a pool with replyTimeoutMs. bigint columns arrive as
 * numbers, and as an error beyond 2^53.
 */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connection(url, options.applicationName),
    max: options.max ?? 10,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    ...(options.replyTimeoutMs !== undefined && { query_timeout: options.replyTimeoutMs }),
    ...(options.connectTimeoutMs !== undefined && { connectionTimeoutMillis: options.connectTimeoutMs }),
    idle_in_transaction_session_timeout: 10_000,
    idleTimeoutMillis: 30_000,
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => options.log?.warn('idle Postgres connection lost', { error: error.message }));
  // So would that of one in use between two statements; there the next statement says it.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** What a single connection or a pool needs in common. */
export function connection(url: string, applicationName: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  };
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? safeInteger : pg.types.getTypeParser(oid, format);

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`bigint ${text} is beyond 2^53; cast it to text in the query`);
  return value;
}

/** Runs `work` in a transaction; rolls back when it throws. A connection that cannot even roll back is thrown away. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Ends with a sentence for people when Postgres does not answer. */
export async function checkPostgres(pool: pg.Pool, url: string): Promise<void> {
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new Error(
      `Postgres at ${withoutCredentials(url)} cannot be reached (${reason}). Check DATABASE_URL and that the server runs.`,
    );
  }
}
