import { type Duck, openDuck } from '@churn/lake';
import type { Matrix } from './booster.ts';

/** Rows of a snapshot at some cuts, in the snapshot's order. */
export interface Rows extends Matrix {
  labels: Float32Array;
  /** One number a customer, the same at every cut. */
  customers: Uint32Array;
}

const name = (column: string) => `"${column.replaceAll('"', '""')}"`;

/** Reads the rows of these cuts with their labels. Customers are numbered over the whole snapshot. */
export async function readRows(
  path: string,
  tempDir: string,
  features: readonly string[],
  cutsUs: readonly number[],
): Promise<Rows> {
  const duck = await openDuck({ tempDir });
  try {
    const from = `(SELECT *, dense_rank() OVER (ORDER BY entity_id) - 1 AS customer FROM read_parquet('${path.replaceAll("'", "''")}')) WHERE cut_us IN (${cutsUs.join(', ')})`;
    const columns = ['label', 'customer', ...features.map(name)];
    const select = columns.map((column, i) =>
      i === 0 ? `CAST(${column} AS INTEGER)` : i === 1 ? column : `${column}::DOUBLE`,
    );
    return await collect(
      duck,
      `SELECT ${select.join(', ')} FROM ${from} ORDER BY cut_us, entity_id`,
      features.length,
    );
  } finally {
    await duck.close();
  }
}

async function collect(duck: Duck, sql: string, columns: number): Promise<Rows> {
  const reader = await duck.connection.runAndReadAll(sql);
  const [labels = [], customers = [], ...features] = reader.getColumnsJS();
  const rows = labels.length;
  const data = new Float32Array(rows * columns);
  for (const [column, values] of features.entries())
    for (let row = 0; row < rows; row++) {
      const value = values[row];
      data[row * columns + column] = typeof value === 'number' ? value : Number.NaN;
    }
  return {
    data,
    rows,
    columns,
    labels: Float32Array.from(labels, Number),
    customers: Uint32Array.from(customers, Number),
  };
}

/** The rows for which `keep` holds, in their order. */
export function filterRows(rows: Rows, keep: (row: number) => boolean): Rows {
  const kept = Array.from({ length: rows.rows }, (_, row) => row).filter(keep);
  const data = new Float32Array(kept.length * rows.columns);
  for (const [to, from] of kept.entries())
    data.set(rows.data.subarray(from * rows.columns, (from + 1) * rows.columns), to * rows.columns);
  return {
    data,
    rows: kept.length,
    columns: rows.columns,
    labels: Float32Array.from(kept, (row) => rows.labels[row] ?? 0),
    customers: Uint32Array.from(kept, (row) => rows.customers[row] ?? 0),
  };
}
