import { inTransaction } from '@churn/platform';
import type { Pool, PoolClient } from 'pg';

/**
 * A transaction of the coordinator. `statementMs`: some build an index over every customer. `lockMs`: it never makes readers queue
 * behind it for longer; the step is tried again.
 */
export function inRunTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  bounds: { statementMs?: number; lockMs?: number } = {},
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(
      `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true), set_config('maintenance_work_mem', '256MB', true)`,
      [String(bounds.statementMs ?? 30_000), String(bounds.lockMs ?? 2_000)],
    );
    return work(client);
  });
}
