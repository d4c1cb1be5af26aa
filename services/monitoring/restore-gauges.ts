import type { Context } from './context.ts';
import { findResults, newestChecks } from './queries/find-checks.ts';

/** Shows the newest check of each model again, so that a restart does not blank the dashboards. */
export async function restoreGauges({ pool, metrics }: Context): Promise<void> {
  for (const { driftRunId, ...check } of await newestChecks(pool)) {
    const results = await findResults(pool, driftRunId);
    metrics.show({
      ...check,
      columns: results.map((result) => ({
        column: result.column,
        psi: result.psi,
        ksStatistic: result.ks_statistic,
        ksPValue: result.ks_p_value,
        currentNullRate: result.current_null_rate,
        status: result.status,
      })),
    });
  }
}
