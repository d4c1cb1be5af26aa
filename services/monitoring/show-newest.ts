import type { Context } from './context.ts';
import { findResults, newestChecks } from './queries/find-checks.ts';

/**
 * Shows the newest check of each model, from the database: a restart does not blank the dashboards, and of several processes each shows the
 * same, whichever of them did the check.
 */
export async function showNewest({ pool, metrics }: Pick<Context, 'pool' | 'metrics'>): Promise<void> {
  for (const { driftRunId, ...check } of await newestChecks(pool)) {
    if (metrics.shows(check)) continue;
    const results = await findResults(pool, driftRunId);
    metrics.show({
      ...check,
      columns: results.map((result) => ({
        column: result.column,
        statistics: result.statistics,
        currentNullRate: result.current_null_rate,
        status: result.status,
      })),
    });
  }
}
