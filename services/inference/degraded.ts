import type { Logger } from '@churn/platform';
import type { Pool } from 'pg';
import { lastPredictions } from './queries/last-predictions.ts';
import type { Outcome } from './score.ts';

/** How old a stored prediction may be that answers in place of a fresh one. */
const DAYS = 7;

/** Answers from the last stored predictions; customers without one, and all of them when Postgres is away too, are unavailable. */
export async function answerFromStore(
  { pool, log }: { pool: Pool; log: Logger },
  projectId: string,
  ids: readonly string[],
): Promise<Outcome[]> {
  try {
    const found = await lastPredictions(pool, projectId, [...new Set(ids)], DAYS);
    const byId = new Map(found.map((row) => [row.customer_id, row]));
    return ids.map((id): Outcome => {
      const row = byId.get(id);
      if (row === undefined) return { kind: 'unavailable' };
      return {
        kind: 'stored',
        probability: row.churn_probability,
        eligible: row.eligible,
        model: `${row.model}/${row.model_version}`,
        asOfMs: row.scored_at.getTime(),
      };
    });
  } catch (error) {
    log.error('stored predictions cannot be read', { error });
    return ids.map(() => ({ kind: 'unavailable' }));
  }
}
