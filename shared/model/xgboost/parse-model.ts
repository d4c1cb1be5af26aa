import { z } from 'zod';

/** XGBoost's model is not one that the platform can run; the message says which part. */
export class XgboostModelError extends Error {
  override name = 'XgboostModelError';
}

/** One tree in arrays indexed by node; node 0 is the root. */
interface XgboostTree {
  /** -1 for a leaf. */
  left: readonly number[];
  right: readonly number[];
  feature: readonly number[];
  /** Goes left when value < threshold (float32). */
  threshold: readonly number[];
  /** Value of a leaf (float32); 0 elsewhere. */
  leaf: readonly number[];
  /** Where a missing value goes. */
  missingLeft: readonly boolean[];
  /** Loss reduction of a split; 0 for a leaf. */
  gain: readonly number[];
}

export interface XgboostModel {
  features: number;
  /** Added to the sum of the leaves: the logit of base_score. */
  baseMargin: number;
  trees: readonly XgboostTree[];
}

const tree = z.object({
  left_children: z.array(z.int()),
  right_children: z.array(z.int()),
  split_indices: z.array(z.int()),
  split_conditions: z.array(z.number()),
  default_left: z.array(z.union([z.boolean(), z.int()])),
  loss_changes: z.array(z.number()),
  categories: z.array(z.unknown()).optional(),
  /** 1 for a split by categories. */
  split_type: z.array(z.int()).optional(),
});
const kind = z.object({
  learner: z.object({
    objective: z.object({ name: z.string() }),
    gradient_booster: z.object({ name: z.string() }),
  }),
});
const savedModel = z.object({
  learner: z.object({
    learner_model_param: z.object({
      base_score: z.union([z.string(), z.number()]),
      num_feature: z.union([z.string(), z.number()]),
    }),
    gradient_booster: z.object({ model: z.object({ trees: z.array(tree).min(1) }) }),
  }),
});

/** Reads what XGBoost (1.6 to 3) saves as JSON: a gbtree for binary:logistic, without categorical splits. Throws XgboostModelError. */
export function parseXgboostModel(json: unknown): XgboostModel {
  requireKind(json);
  const parsed = savedModel.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new XgboostModelError(
      `XGBoost's model is not a gbtree for binary:logistic as its versions 1.6 to 3 save it: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const { learner_model_param: param, gradient_booster: booster } = parsed.data.learner;
  const features = Number(param.num_feature);
  return {
    features,
    baseMargin: logitOf(param.base_score),
    trees: booster.model.trees.map((saved, index) => treeOf(saved, index, features)),
  };
}

/** Other objectives and boosters sum their trees otherwise, so their numbers would be wrong, not only unusual. */
function requireKind(json: unknown): void {
  const parsed = kind.safeParse(json);
  if (!parsed.success) return;
  const { objective, gradient_booster: booster } = parsed.data.learner;
  if (objective.name !== 'binary:logistic') {
    throw new XgboostModelError(
      `The XGBoost model was trained for the objective ${objective.name}; only binary:logistic gives a churn probability. Train it with objective=binary:logistic.`,
    );
  }
  if (booster.name !== 'gbtree') {
    throw new XgboostModelError(
      `The XGBoost model's booster is ${booster.name}; only gbtree is supported. Train it with booster=gbtree.`,
    );
  }
}

/**
 * base_score is a probability, from XGBoost 3.1 on in brackets. Its logit is computed as XGBoost does, each step in float32: near 1 the
 * steps of 1/p are coarse, and an exact logit would differ by 0.05.
 */
function logitOf(baseScore: string | number): number {
  const probability = Number(String(baseScore).replace(/^\[(.*)\]$/, '$1'));
  if (!(probability > 0 && probability < 1)) {
    throw new XgboostModelError(
      `XGBoost's base_score is ${baseScore}; a probability between 0 and 1 is expected`,
    );
  }
  const p = Math.fround(probability);
  const odds = Math.fround(Math.fround(1 / p) - 1);
  if (!(odds > 0)) {
    throw new XgboostModelError(
      `XGBoost's base_score is ${baseScore}, which is 1 in float32: its logit is infinite`,
    );
  }
  return p === 0.5 ? 0 : Math.fround(-Math.log(odds));
}

function treeOf(saved: z.infer<typeof tree>, index: number, features: number): XgboostTree {
  const nodes = saved.left_children.length;
  const { left_children: left, right_children: right, split_indices: feature } = saved;
  const arrays = [right, feature, saved.split_conditions, saved.default_left, saved.loss_changes];
  if (nodes === 0 || arrays.some((array) => array.length !== nodes)) {
    throw new XgboostModelError(`Tree ${index} of the XGBoost model has arrays of different lengths`);
  }
  if ((saved.categories?.length ?? 0) > 0 || saved.split_type?.some((type) => type !== 0)) {
    throw new XgboostModelError(
      `Tree ${index} of the XGBoost model splits by categories; only numbers are supported. Encode categories as numbers before training.`,
    );
  }
  const inside = (child: number | undefined, node: number) =>
    child !== undefined && child > node && child < nodes;
  for (let node = 0; node < nodes; node++) {
    if (left[node] === -1) continue;
    const split = feature[node] ?? -1;
    if (split >= 0 && split < features && inside(left[node], node) && inside(right[node], node)) continue;
    throw new XgboostModelError(`Tree ${index} of the XGBoost model has an invalid node ${node}`);
  }
  const value = saved.split_conditions.map(Math.fround);
  return {
    left,
    right,
    feature,
    threshold: value.map((v, node) => (left[node] === -1 ? 0 : v)),
    leaf: value.map((v, node) => (left[node] === -1 ? v : 0)),
    missingLeft: saved.default_left.map(Boolean),
    gain: saved.loss_changes.map((gain, node) => (left[node] === -1 ? 0 : gain)),
  };
}
