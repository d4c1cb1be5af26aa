import type { Pool, PoolClient } from 'pg';

type Work = 'online' | 'compact';

/** How long to wait for another process's work on the same project. */
const WAIT = '10min';

/**
 * Runs `fn` while no other process does this work for this project; waits at most 10 minutes, or not at all with `wait: false` (then null is
 * returned when it is held). The lock is a session's: it ends with its connection, whatever happens to the process.
 */
export async function withProjectLock<T>(
  pool: Pool,
  work: Work,
  projectId: string,
  { wait }: { wait: boolean },
  fn: () => Promise<T>,
): Promise<T | null> {
  const client = await pool.connect();
  const name = `${work}:${projectId}`;
  let healthy = false;
  try {
    const held = await acquire(client, name, wait);
    try {
      return held ? await fn() : null;
    } finally {
      // Also after work that failed: the server would notice a closed connection only a moment later.
      healthy = await giveBack(client, held ? name : null);
    }
  } finally {
    // Closing the connection is what ends the lock when it could not be given back.
    client.release(!healthy);
  }
}

/** Whether the connection is as it was: without the lock, and with the pool's limits. */
async function giveBack(client: PoolClient, name: string | null): Promise<boolean> {
  try {
    await client.query('RESET statement_timeout; RESET lock_timeout');
    if (name !== null) await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
    return true;
  } catch {
    return false;
  }
}

async function acquire(client: PoolClient, name: string, wait: boolean): Promise<boolean> {
  if (wait) {
    await client.query(`SET statement_timeout = 0; SET lock_timeout = '${WAIT}'`);
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
    return true;
  }
  const { rows } = await client.query<{ held: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
    [name],
  );
  return rows[0]?.held === true;
}
