import type { ModelIr } from '@churn/features';

export type TrainingParameters = ModelIr['training'];

/** Threads of XGBoost; part of the manifest, since sums are only repeatable for one number of them. */
export const THREADS = 2;

/** XGBoost's parameters, and in how many rounds the trees are grown: all at once for a forest. */
export function xgboostParameters(
  training: TrainingParameters,
  positiveWeight: number,
): { parameters: Record<string, string | number>; rounds: number } {
  const common = {
    objective: 'binary:logistic',
    base_score: 0.5,
    tree_method: 'hist',
    max_depth: training.depth,
    seed: training.seed,
    nthread: THREADS,
    scale_pos_weight: positiveWeight,
    verbosity: 0,
  };
  if (training.algorithm === 'random-forest') {
    return {
      parameters: {
        ...common,
        num_parallel_tree: training.trees,
        eta: 1,
        subsample: 0.63,
        colsample_bynode: 0.4,
        lambda: 0.1,
        min_child_weight: 1,
      },
      rounds: 1,
    };
  }
  return {
    parameters: {
      ...common,
      eta: training.learning_rate,
      subsample: 0.8,
      colsample_bytree: 0.8,
      min_child_weight: 20,
      lambda: 1,
    },
    rounds: training.trees,
  };
}
