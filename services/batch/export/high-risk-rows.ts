import { readSlice, type Slice } from '../chunks/read-slice.ts';
import type { Context } from '../context.ts';
import type { Run } from '../queries/claim-run.ts';
import { type HighRiskCustomer, highRiskCustomers } from '../queries/high-risk-customers.ts';
import type { HighRiskRow } from './crm-rows.ts';

/** Snapshot rows looked at together. */
const ROWS_AT_ONCE = 61_440;

/**
 * The run's eligible high-risk customers with their features, in batches. Both sides are sorted by the bytes of the customer id (DuckDB
 * sorts so, COLLATE "C" too), so one pass over each joins them in bounded memory. Throws when a customer is not in the snapshot.
 */
export async function* highRiskRows(
  context: Context,
  run: Run,
  features: readonly string[],
): AsyncGenerator<HighRiskRow[]> {
  const customers = highRiskCustomers(context.pool, run.runId);
  let next = await customers.next();
  const path = context.lakePath(run.snapshotPath ?? '');
  const total = run.customers ?? 0;
  try {
    for (let rowFrom = 0; rowFrom < total && next.done !== true; rowFrom += ROWS_AT_ONCE) {
      const rowTo = Math.min(total, rowFrom + ROWS_AT_ONCE);
      const slice = await readSlice(context.duck, { path, rowFrom, rowTo, features });
      const batch: HighRiskRow[] = [];
      for (let i = 0; i < slice.ids.length && next.done !== true; i++) {
        if (slice.ids[i] !== next.value.customerId) continue;
        batch.push(join(slice, i, features.length, next.value));
        next = await customers.next();
      }
      if (batch.length > 0) yield batch;
    }
    if (next.done !== true) {
      throw new Error(
        `customer "${next.value.customerId}" has a prediction but is not in the snapshot ${path}`,
      );
    }
  } finally {
    await customers.return(undefined);
  }
}

function join(slice: Slice, row: number, width: number, customer: HighRiskCustomer): HighRiskRow {
  return { ...customer, values: slice.matrix.subarray(row * width, (row + 1) * width) };
}
