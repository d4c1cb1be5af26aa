import type { Pool, PoolClient } from 'pg';

/** Where a statement runs: on its own, or inside a transaction. */
export type Db = Pool | PoolClient;
