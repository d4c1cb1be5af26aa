import { z } from 'zod';
import { runId, sha256Hex, stage } from './identifiers.ts';

const interval = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

/** Metrics on rows that the model scored had not seen, see `evaluation`. Intervals: 95%, bootstrap by customer. */
const modelMetrics = z.strictObject({
  auc: interval,
  pr_auc: interval,
  log_loss: interval,
  brier: interval,
  lift_at_10: interval,
  /** Expected calibration error over the calibration bins. */
  calibration_error: z.number(),
  calibration: z.array(z.strictObject({ count: z.int(), mean_predicted: z.number(), observed: z.number() })),
  baseline: z.strictObject({ feature: z.string(), auc: z.number() }),
  rows: z.int(),
  positives: z.int(),
});
export type ModelMetrics = z.infer<typeof modelMetrics>;

/**
 * What the metrics are of: a cut that lies after every label that training saw, held out whole; or, where there is one cut only, the customers of
 * each fold as scored by a model of the other folds, calibrated on them. The version's own model is then trained on all of them.
 */
const modelEvaluation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('later-cut') }),
  z.strictObject({ kind: z.literal('folds'), folds: z.int() }),
]);
export type ModelEvaluation = z.infer<typeof modelEvaluation>;

/** Everything needed to run a version, and to train it again. */
export const modelManifest = z.strictObject({
  format: z.literal(1),
  model: z.string(),
  algorithm: z.string(),
  /** `view@version:feature`, in the order of the ONNX input's columns. Missing values are NaN. */
  features: z.array(z.string()).min(1),
  onnx: z.strictObject({ sha256: sha256Hex, input: z.string(), output: z.string(), bytes: z.int() }),
  /** Platt scaling of the raw margin, already inside the graph: p = sigmoid(slope * margin + intercept). */
  calibration: z.strictObject({ method: z.literal('platt'), slope: z.number(), intercept: z.number() }),
  thresholds: z.strictObject({ medium: z.number(), high: z.number() }),
  /** Versions from before there were folds say nothing. */
  evaluation: modelEvaluation.default({ kind: 'later-cut' }),
  metrics: modelMetrics,
  /** Share of total gain, summing to 1, largest first. */
  importance: z.array(z.strictObject({ feature: z.string(), gain: z.number() })),
  reference: z.strictObject({ sha256: sha256Hex, rows: z.int(), columns: z.array(z.string()) }).nullable(),
  dataset: z.strictObject({
    version: z.string(),
    position: z.int(),
    training_cuts: z.array(z.string()),
    /** null where it was judged on folds. */
    test_cut: z.string().nullable(),
    training_rows: z.int(),
    test_rows: z.int(),
  }),
  definitions: z.strictObject({ hash: z.string(), version: z.int() }),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  seed: z.int(),
  threads: z.int(),
  environment: z.strictObject({
    library: z.string(),
    library_version: z.string(),
    node: z.string(),
    platform: z.string(),
    code_commit: z.string(),
  }),
  parity: z.strictObject({ rows: z.int(), max_abs_difference: z.number() }),
});
export type ModelManifest = z.infer<typeof modelManifest>;

export const modelVersionSummary = z.strictObject({
  model: z.string(),
  version: z.int(),
  stage,
  auc: z.number(),
  baseline_auc: z.number(),
  lift_at_10: z.number(),
  created_at: z.string(),
  created_by: z.string(),
});
export const modelVersionDetail = modelVersionSummary.extend({
  manifest: modelManifest,
  transitions: z.array(
    z.strictObject({ from: stage, to: stage, actor: z.string(), reason: z.string(), at: z.string() }),
  ),
});
export const modelList = z.strictObject({ versions: z.array(modelVersionSummary) });
export const promoteRequest = z.strictObject({ stage, reason: z.string().min(1).max(2000) });

export const trainRequest = z.strictObject({
  /** Default: the project's first model. */
  model: z.string().optional(),
  algorithm: z.enum(['boosted-trees', 'random-forest']).optional(),
  trees: z.int().min(1).max(2000).optional(),
  depth: z.int().min(1).max(12).optional(),
  learning_rate: z.number().positive().max(1).optional(),
  /** XGBoost takes a seed modulo 2^32: a greater one would be another's. */
  seed: z.int().min(0).max(4_294_967_295).optional(),
});
export type TrainRequest = z.infer<typeof trainRequest>;

export const runAccepted = z.strictObject({ run_id: runId });

const problemSummary = z.looseObject({ title: z.string(), detail: z.string() });
export const runProgress = {
  step: z.string().nullable(),
  done: z.int(),
  total: z.int().nullable(),
  error: problemSummary.nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
};
export const trainingRun = z.strictObject({
  run_id: runId,
  model: z.string(),
  state: z.enum(['pending', 'running', 'succeeded', 'failed', 'cancelled']),
  ...runProgress,
  result: z
    .strictObject({ model: z.string(), version: z.int(), auc: z.number(), baseline_auc: z.number() })
    .nullable(),
});
export type TrainingRun = z.infer<typeof trainingRun>;

export const applyResult = z.strictObject({
  project: z.string(),
  version: z.int(),
  hash: z.string(),
  changed: z.boolean(),
  /** One line a change, for people: '+ feature ...', '~ view ...', '- ...'. */
  changes: z.array(z.string()),
});
export type ApplyResult = z.infer<typeof applyResult>;

export const apiKeyRequest = z.strictObject({
  name: z.string().min(1).max(100),
  role: z.enum(['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin']),
});
export const apiKeyCreated = z.strictObject({
  key_id: z.uuid(),
  name: z.string(),
  role: z.string(),
  /** Shown once; only its hash is kept. */
  secret: z.string(),
});
export const apiKeyList = z.strictObject({
  keys: z.array(
    z.strictObject({
      key_id: z.uuid(),
      name: z.string(),
      role: z.string(),
      created_at: z.string(),
      revoked_at: z.string().nullable(),
    }),
  ),
});
