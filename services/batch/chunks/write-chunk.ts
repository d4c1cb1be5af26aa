import { finished } from 'node:stream/promises';
import { inTransaction } from '@churn/platform';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Context } from '../context.ts';
import { LeaseLost } from '../leases.ts';
import type { Chunk } from '../queries/claim-chunk.ts';
import { completeChunk } from '../queries/hold-chunk.ts';
import { runTable } from '../queries/prediction-tables.ts';
import { encodeScoredRows, type ScoredRows } from './copy-rows.ts';

/**
 * Writes a chunk's rows and its completion in one transaction, the token checked last: they are all there, once, or none is. Throws
 * LeaseLost, rolled back, when the chunk is in other hands. `complete` is another only in the test that shows what it is for.
 */
export async function writeChunk(
  context: Pick<Context, 'pool' | 'hooks' | 'limits'>,
  chunk: Chunk,
  rows: ScoredRows,
  durationMs: () => number,
  complete: typeof completeChunk = completeChunk,
): Promise<void> {
  const highRisk = rows.risks.reduce(
    (sum, risk, i) => sum + (risk === 'high' && rows.eligible[i] === true ? 1 : 0),
    0,
  );
  await inTransaction(context.pool, async (client) => {
    await boundTransaction(client, context.limits.leaseMs);
    await copyRows(client, chunk.runId, rows);
    await context.hooks.at('copied', chunk);
    const outcome = { rows: rows.ids.length, highRisk, durationMs: durationMs() };
    const held = await complete(client, chunk, outcome);
    if (!held) throw new LeaseLost(`chunk ${chunk.chunkId} of batch run ${chunk.runId} is in other hands`);
    await context.hooks.at('updated', chunk);
  });
  await context.hooks.at('committed', chunk);
}

/**
 * A worker that freezes in here would keep the chunk's row locked: the server ends its transaction within a lease. Only a COPY that waits
 * for its client is ended by no limit of PostgreSQL's: evictWriters does that.
 */
async function boundTransaction(client: PoolClient, leaseMs: number): Promise<void> {
  await client.query(
    `SELECT set_config('idle_in_transaction_session_timeout', $1, true), set_config('statement_timeout', $1, true)`,
    [String(leaseMs)],
  );
}

async function copyRows(client: PoolClient, runId: string, rows: ScoredRows): Promise<void> {
  const stream = client.query(
    copyFrom(
      `COPY ${runTable(runId)} (customer_id, churn_probability, churn_risk, eligible) FROM STDIN (FORMAT binary)`,
    ),
  );
  stream.end(encodeScoredRows(rows));
  await finished(stream);
}
