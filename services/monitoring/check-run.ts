import { inTransaction } from '@churn/platform';
import { compare, NotComparable } from './compare.ts';
import type { Context } from './context.ts';
import { addChecks, claimCheck } from './queries/claim-check.ts';
import { saveCheck } from './queries/save-check.ts';
import { settleCheck } from './queries/settle-check.ts';

/** What one turn did. */
export type Turn =
  | { did: 'nothing' }
  | { did: 'checked'; batchRunId: string; drifted: number }
  | { did: 'retry' | 'fail'; batchRunId: string; error: string }
  /** Another process holds the check now. */
  | { did: 'fenced'; batchRunId: string };

/** A check that its process died over may be taken by another after this long. */
const LEASE_MS = 5 * 60_000;
const TRIES = 3;
const RETRY_MS = 10_000;

/** Nobody settled the tries before: whoever began them was killed, for its memory perhaps, or froze. */
class DiedOfIt extends Error {
  constructor(times: number) {
    super(
      `${times} processes in a row ended during this check without a word. Look at their memory limit and log, then ask for it again.`,
    );
  }
}

/** Does the check that has waited longest, and says what became of it. Any number of processes may take turns. */
export async function takeTurn(context: Context): Promise<Turn> {
  const { pool, log, metrics } = context;
  await addChecks(pool);
  const check = await claimCheck(pool, LEASE_MS);
  if (check === null) return { did: 'nothing' };
  const { batchRunId } = check;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    if (check.tries > TRIES) throw new DiedOfIt(check.tries - 1);
    const result = await compare(context, check);
    const saved = await inTransaction(pool, async (client) => saveCheck(client, check, result));
    metrics.checked(saved ? 'succeeded' : 'fenced', seconds());
    if (!saved) return { did: 'fenced', batchRunId };
    const drifted = result.columns.filter(({ status }) => status === 'drifted').length;
    log.info('drift checked', {
      project: check.projectId,
      batch_run_id: batchRunId,
      columns: result.columns.length,
      drifted,
    });
    return { did: 'checked', batchRunId, drifted };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const last = error instanceof NotComparable || check.tries >= TRIES;
    await settleCheck(pool, check, { detail, retryMs: last ? null : RETRY_MS });
    metrics.checked(last ? 'failed' : 'retried', seconds());
    log.warn('drift check failed', {
      batch_run_id: batchRunId,
      tries: check.tries,
      again: !last,
      error,
    });
    return { did: last ? 'fail' : 'retry', batchRunId, error: detail };
  }
}
