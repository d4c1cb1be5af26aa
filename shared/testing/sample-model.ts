import { createHash } from 'node:crypto';
import type { ModelManifest } from '@churn/contracts';
import type { ModelIr } from '@churn/features';
import { xgboostJsonToOnnx } from '@churn/model';
import { registerModelVersion, transitionStage } from '@churn/registry';
import type { Pool } from 'pg';

/** Raw margins of the one tree: up to and beyond `days` since the last order. */
const LEAVES: [number, number] = [-2, 2];

interface Target {
  projectId: string;
  model: ModelIr;
  /** Of the definitions. */
  hash: string;
}

/** Registers and promotes a model of one split: who has not ordered for `days` days or more is likely to churn. Returns its version. */
export function promoteSampleModel(pool: Pool, options: Target & { days: number }): Promise<number> {
  const { model, days } = options;
  return promoteTrees(pool, options, [sampleTree(model.features.indexOf(model.baseline_feature), days)]);
}

/** Registers trees as XGBoost saves them and brings them to Production. Returns the version. */
export async function promoteTrees(pool: Pool, target: Target, trees: readonly SavedTree[]): Promise<number> {
  const { projectId, model, hash } = target;
  const saved = savedModel(trees, model.features.length);
  const onnx = Buffer.from(xgboostJsonToOnnx(saved, { features: model.features, slope: 1, intercept: 0 }));
  const manifest = sampleManifest(model, hash, onnx);
  const actor = 'test';
  const version = await registerModelVersion(pool, { projectId, manifest, onnx, trainingRunId: null, actor });
  for (const to of ['Staging', 'Production'] as const) {
    await transitionStage(pool, { projectId, model: model.name, version, to, reason: 'test', actor });
  }
  return version;
}

/** sigmoid(2): what the sample model gives a customer beyond its days. */
export const HIGH = Math.fround(1 / (1 + Math.exp(-LEAVES[1])));

/** A tree in XGBoost's arrays by node; a leaf's value is its split_condition. */
export interface SavedTree {
  left_children: number[];
  right_children: number[];
  split_indices: number[];
  split_conditions: number[];
  default_left: number[];
  loss_changes: number[];
}

/** One split: `leaves` are the raw margins below `threshold` and from it on. */
export function sampleTree(
  feature: number,
  threshold: number,
  leaves: readonly [number, number] = LEAVES,
): SavedTree {
  return {
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [feature, 0, 0],
    split_conditions: [threshold, ...leaves],
    default_left: [0, 0, 0],
    loss_changes: [1, 0, 0],
  };
}

function savedModel(trees: readonly SavedTree[], features: number): object {
  return {
    learner: {
      gradient_booster: {
        name: 'gbtree',
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length) },
          tree_info: trees.map(() => 0),
          trees: trees.map((tree, id) => ({
            ...tree,
            id,
            base_weights: tree.split_conditions,
            categories: [],
          })),
        },
      },
      learner_model_param: {
        base_score: '5E-1',
        num_class: '0',
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name: 'binary:logistic' },
    },
    version: [3, 0, 0],
  };
}

function sampleManifest(model: ModelIr, hash: string, onnx: Uint8Array): ModelManifest {
  const interval = { value: 0.7, low: 0.6, high: 0.8 };
  const sha256 = createHash('sha256').update(onnx).digest('hex') as ModelManifest['onnx']['sha256'];
  return {
    format: 1,
    model: model.name,
    algorithm: 'boosted-trees',
    features: model.features,
    onnx: { sha256, input: 'features', output: 'churn_probability', bytes: onnx.byteLength },
    calibration: { method: 'platt', slope: 1, intercept: 0 },
    thresholds: model.thresholds,
    evaluation: { kind: 'later-cut' },
    metrics: {
      auc: interval,
      pr_auc: interval,
      log_loss: interval,
      brier: interval,
      lift_at_10: interval,
      calibration_error: 0,
      calibration: [],
      baseline: { feature: model.baseline_feature, auc: 0.6 },
      rows: 1,
      positives: 1,
    },
    importance: [],
    reference: null,
    dataset: {
      version: 'test',
      position: 0,
      training_cuts: [],
      test_cut: '',
      training_rows: 1,
      test_rows: 1,
    },
    definitions: { hash, version: 1 },
    parameters: {},
    seed: 1,
    threads: 1,
    environment: {
      library: 'none',
      library_version: '0',
      node: process.version,
      platform: process.platform,
      code_commit: '0',
    },
    parity: { rows: 1, max_abs_difference: 0 },
  };
}
