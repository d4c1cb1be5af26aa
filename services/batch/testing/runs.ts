import type { BatchRun } from '@churn/contracts';
import { eventually } from '@churn/testing';
import type { Pool } from 'pg';
import { asOfUs, utcDay } from '../prediction-date.ts';
import { findRuns } from '../queries/find-runs.ts';
import { insertRun } from '../queries/insert-run.ts';
import type { World } from './world.ts';

/** Starts a run of today, in the ledger alone: whoever takes turns will find it. */
export async function insertRunToday(pool: Pool, world: World): Promise<string> {
  const predictionDate = utcDay(world.nowMs);
  const run = {
    projectId: world.ir.project,
    trigger: 'manual' as const,
    predictionDate,
    asOfUs: asOfUs(predictionDate, world.nowMs),
  };
  const { runId, inserted } = await insertRun(pool, run);
  if (!inserted) throw new Error(`run ${runId} is still open`);
  return runId;
}

/** Waits until the run has ended, and returns it. */
export function runEnded(pool: Pool, world: World, runId: string, timeoutMs = 30_000): Promise<BatchRun> {
  return eventually(
    async () => {
      const [run] = await findRuns(pool, { projectId: world.ir.project, runId, limit: 1 });
      return run !== undefined && (run.state === 'succeeded' || run.state === 'failed') ? run : null;
    },
    { timeoutMs },
  );
}
