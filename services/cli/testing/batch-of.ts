import { type BatchRun, batchRun } from '@churn/contracts';

/** A batch run as the batch service tells it: one that succeeded, but for what is given. */
export function batchOf(runId: string, given: Partial<BatchRun> = {}): BatchRun {
  const at = '2026-03-05T02:00:00Z';
  return batchRun.parse({
    run_id: runId,
    state: 'succeeded',
    trigger: 'manual',
    prediction_date: '2026-03-05',
    as_of: at,
    model: 'churn',
    model_version: 1,
    customers: 9,
    high_risk: 1,
    chunks: 2,
    chunks_done: 2,
    exported_at: at,
    step: null,
    done: 2,
    total: 2,
    error: null,
    created_at: at,
    finished_at: at,
    ...given,
  });
}
