import { z } from 'zod';
import { runId } from './identifiers.ts';
import { runProgress } from './models.ts';

export const batchRequest = z.strictObject({
  /** YYYY-MM-DD, default today (UTC). */
  prediction_date: z.iso.date().optional(),
  trigger: z.enum(['manual', 'bootstrap']).default('manual'),
});

export const batchRun = z.strictObject({
  run_id: runId,
  state: z.enum(['pending', 'snapshotting', 'scoring', 'finishing', 'succeeded', 'failed']),
  trigger: z.string(),
  prediction_date: z.string(),
  as_of: z.string(),
  model: z.string().nullable(),
  model_version: z.int().nullable(),
  customers: z.int().nullable(),
  high_risk: z.int().nullable(),
  chunks: z.int(),
  chunks_done: z.int(),
  exported_at: z.string().nullable(),
  ...runProgress,
});
export type BatchRun = z.infer<typeof batchRun>;
export const batchRunList = z.strictObject({ runs: z.array(batchRun) });

/** What BullMQ carries: ids only; the ledger in Postgres says what they mean. */
export const batchChunkJob = z.strictObject({ run_id: runId, chunk_id: z.int().min(0) });
