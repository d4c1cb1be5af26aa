import type { Pool } from 'pg';
import { runTable } from './prediction-tables.ts';

export interface HighRiskCustomer {
  customerId: string;
  probability: number;
}

const ROWS_AT_ONCE = 20_000;

/**
 * A run's eligible customers of high risk by the bytes of their id, through a cursor: memory is that of one page. Reads the whole table
 * once and sorts what it keeps; no index holds that order.
 */
export async function* highRiskCustomers(
  pool: Pool,
  runId: string,
): AsyncGenerator<HighRiskCustomer, undefined> {
  const client = await pool.connect();
  let broken = true;
  try {
    // The CRM's database may be slow to take the rows: this transaction idles meanwhile, within a bound.
    await client.query(
      `BEGIN READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '120s'; SET LOCAL statement_timeout = '300s'`,
    );
    await client.query(
      `DECLARE high_risk NO SCROLL CURSOR FOR SELECT customer_id, churn_probability FROM ${runTable(runId)}
       WHERE eligible AND churn_risk = 'high' ORDER BY customer_id COLLATE "C"`,
    );
    for (;;) {
      const page = await client.query<{ customer_id: string; churn_probability: number }>(
        `FETCH ${ROWS_AT_ONCE} FROM high_risk`,
      );
      for (const row of page.rows) yield { customerId: row.customer_id, probability: row.churn_probability };
      if (page.rows.length < ROWS_AT_ONCE) break;
    }
    broken = false;
    return undefined;
  } finally {
    if (!broken) await client.query('COMMIT');
    // A reader that stopped early leaves a transaction open: that connection is not used again.
    client.release(broken);
  }
}
