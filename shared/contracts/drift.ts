import { z } from 'zod';
import { runId } from './identifiers.ts';

const driftStatus = z.enum(['stable', 'moderate', 'drifted', 'not-comparable']);

const driftResult = z.strictObject({
  column: z.string(),
  /** By name, such as psi or ks_p_value; those that there is a value of. */
  statistics: z.record(z.string(), z.number()),
  reference_null_rate: z.number(),
  current_null_rate: z.number(),
  status: driftStatus,
  /** Why the column was not compared; null when it was. */
  reason: z.string().nullable(),
});
export const driftRun = z.strictObject({
  drift_run_id: z.uuid(),
  batch_run_id: runId,
  /** The day that the customers were scored for; the newest day's check is the newest. */
  prediction_date: z.iso.date(),
  state: z.enum(['running', 'succeeded', 'failed']),
  model: z.string(),
  model_version: z.int(),
  reference_rows: z.int().nullable(),
  current_rows: z.int().nullable(),
  drifted: z.int().nullable(),
  /** Whether every source that the model reads is a finished data set, so that drift with time is expected; null until the check has succeeded. */
  static: z.boolean().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  /** Why the check failed, and what to do; null unless it did. */
  error: z.string().nullable(),
  /** Path of the HTML report on the monitoring service, once there is one. */
  report: z.string().nullable(),
  results: z.array(driftResult),
});
export type DriftRun = z.infer<typeof driftRun>;
export const driftRunList = z.strictObject({ runs: z.array(driftRun.omit({ results: true })) });
