import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Duck, insertSegment, lakePath, openDuck } from '@churn/lake';
import type { Pool } from 'pg';

const DAY_US = 86_400_000_000;

export interface SampleOrders {
  projectId: string;
  /** With the fields amount and quantity. */
  source: string;
  lakeUrl: string;
  tempDir: string;
  customers: number;
  ordersEach: number;
  /** Files to spread them over, by customer. */
  segments: number;
  /** Events lie before this instant (ms). Customer c<i> last ordered i % 240 days and an hour before it, and every 9 days before that. */
  endMs: number;
}

/** Inserts orders as segments, written by DuckDB. */
export async function insertSampleOrders(pool: Pool, options: SampleOrders): Promise<void> {
  const each = Math.ceil(options.customers / options.segments);
  const duck = await openDuck({ tempDir: options.tempDir });
  for (let from = 0; from < options.customers; from += each) {
    await insertSegmentOf(pool, duck, options, { from, to: Math.min(options.customers, from + each) });
  }
  await duck.close();
}

async function insertSegmentOf(
  pool: Pool,
  duck: Duck,
  options: SampleOrders,
  customers: { from: number; to: number },
): Promise<void> {
  const { projectId, source, ordersEach, endMs } = options;
  const rows = (customers.to - customers.from) * ordersEach;
  const path = `${projectId}/segments/${source}/sample-${customers.from}.parquet`;
  const file = lakePath(options.lakeUrl, path);
  await mkdir(dirname(file), { recursive: true });
  await duck.run(
    `COPY (
       SELECT 'c' || i::VARCHAR AS entity_id, (${endMs * 1000} - (i % 240 + 9 * j) * ${DAY_US} - 3600000000)::BIGINT AS occurred_us,
         r::BIGINT AS row_offset, NULL::VARCHAR AS event_id, (500 + hash(i * 31 + j) % 9973)::BIGINT AS amount,
         (1 + r % 3)::BIGINT AS quantity
       FROM (SELECT r, ${customers.from} + r // ${ordersEach} AS i, r % ${ordersEach} AS j FROM range(${rows}) t(r)) ORDER BY r
     ) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  const [found] = await duck.rows<{ first: bigint; last: bigint }>(
    `SELECT min(occurred_us) AS first, max(occurred_us) AS last FROM '${file}'`,
  );
  const reserved = await pool.query('SELECT reserve_event_positions($1) AS first', [rows]);
  const first = Number(reserved.rows[0].first);
  await insertSegment(pool, {
    projectId,
    source,
    path,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    rows,
    bytes: statSync(file).size,
    positionFrom: first,
    positionTo: first + rows - 1,
    minOccurredUs: Number(found?.first),
    maxOccurredUs: Number(found?.last),
    importId: null,
  });
}
