import { createHash } from 'node:crypto';
import type { ModelManifest } from '@churn/contracts';
import type { ModelIr } from '@churn/features';
import { xgboostJsonToOnnx } from '@churn/model';
import { registerModelVersion, transitionStage } from '@churn/registry';
import type { Pool } from 'pg';

/** Raw margins of the one tree: up to and beyond `days` since the last order. */
const LEAVES: [number, number] = [-2, 2];

/** Registers and promotes a model of one split: who has not ordered for `days` days or more is likely to churn. Returns its version. */
export async function promoteSampleModel(
  pool: Pool,
  options: { projectId: string; model: ModelIr; hash: string; days: number },
): Promise<number> {
  const { projectId, model, hash, days } = options;
  const split = oneSplit(model.features.indexOf(model.baseline_feature), days, model.features.length);
  const calibration = { slope: 1, intercept: 0 };
  const onnx = Buffer.from(xgboostJsonToOnnx(split, { features: model.features, ...calibration }));
  const manifest = sampleManifest(model, hash, onnx);
  const actor = 'test';
  const version = await registerModelVersion(pool, {
    projectId,
    manifest,
    onnx,
    trainingRunId: null,
    actor,
  });
  for (const to of ['Staging', 'Production'] as const) {
    await transitionStage(pool, {
      projectId,
      model: model.name,
      version,
      to,
      reason: 'test',
      actor,
    });
  }
  return version;
}

/** sigmoid(2): what the sample model gives a customer beyond its days. */
export const HIGH = Math.fround(1 / (1 + Math.exp(-LEAVES[1])));

function oneSplit(feature: number, threshold: number, features: number): object {
  const tree = {
    base_weights: [0, ...LEAVES],
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: [0, 0, 0],
    id: 0,
    left_children: [1, -1, -1],
    loss_changes: [1, 0, 0],
    parents: [2147483647, 0, 0],
    right_children: [2, -1, -1],
    split_conditions: [threshold, ...LEAVES],
    split_indices: [feature, 0, 0],
    split_type: [0, 0, 0],
    sum_hessian: [2, 1, 1],
    tree_param: { num_deleted: '0', num_feature: String(features), num_nodes: '3', size_leaf_vector: '1' },
  };
  const model = {
    gbtree_model_param: { num_parallel_tree: '1', num_trees: '1' },
    tree_info: [0],
    trees: [tree],
    iteration_indptr: [0, 1],
  };
  return {
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: { model, name: 'gbtree' },
      learner_model_param: {
        base_score: '5E-1',
        boost_from_average: '1',
        num_class: '0',
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
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
