import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { insertSegment, lakePath, openDuck } from '@churn/lake';
import type { Pool } from 'pg';

const DAY_US = 86_400_000_000;

export interface SampleOrders {
  projectId: string;
  lakeUrl: string;
  tempDir: string;
  customers: number;
  ordersEach: number;
  /** Events lie before this instant (ms). Customer i last ordered i % 240 days and some hours before it. */
  endMs: number;
}

/** Customer number i, so that byte order is not the order of i. */
export const customerName = (i: number) => `c${i}`;

/** A segment of orders, written by DuckDB. */
export async function insertSampleOrders(pool: Pool, options: SampleOrders): Promise<void> {
  const { projectId, lakeUrl, customers, ordersEach, endMs } = options;
  const rows = customers * ordersEach;
  const path = `${projectId}/segments/orders/sample-${rows}.parquet`;
  const file = lakePath(lakeUrl, path);
  await mkdir(dirname(file), { recursive: true });
  const duck = await openDuck({ tempDir: options.tempDir });
  await duck.run(
    `COPY (
       SELECT 'c' || (r // ${ordersEach})::VARCHAR AS entity_id,
         (${endMs * 1000} - ((r // ${ordersEach}) % 240 + 9 * (r % ${ordersEach})) * ${DAY_US} - 3600000000)::BIGINT AS occurred_us,
         r::BIGINT AS row_offset, NULL::VARCHAR AS event_id, (500 + r % 9973)::BIGINT AS amount, (1 + r % 3)::BIGINT AS quantity
       FROM range(${rows}) t(r) ORDER BY row_offset
     ) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  await duck.close();
  const reserved = await pool.query('SELECT reserve_event_positions($1) AS first', [rows]);
  const first = Number(reserved.rows[0].first);
  await insertSegment(pool, {
    projectId,
    source: 'orders',
    path,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    rows,
    bytes: statSync(file).size,
    positionFrom: first,
    positionTo: first + rows - 1,
    minOccurredUs: 0,
    maxOccurredUs: endMs * 1000,
    importId: null,
  });
}
