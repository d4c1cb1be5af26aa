import { createScorer, ONNX_INPUT, ONNX_OUTPUT, xgboostJsonToOnnx } from '../index.ts';

/** A tree as a reader writes it: a leaf's margin, or a split that goes left below `at`. */
export type Grown =
  | number
  | { feature: number; at: number; below: Grown; from: Grown; missing: 'left' | 'right' };

export interface Saved {
  trees: readonly Grown[];
  /** Default 2. */
  features?: number;
  /** Default '5E-1'. */
  baseScore?: unknown;
  objective?: string;
  booster?: string;
}

/** What XGBoost would save of these trees, as parsed JSON. */
export function saved({
  trees,
  features = 2,
  baseScore = '5E-1',
  objective = 'binary:logistic',
  booster = 'gbtree',
}: Saved) {
  return {
    learner: {
      gradient_booster: { name: booster, model: { trees: trees.map(savedTree) } },
      learner_model_param: { base_score: baseScore, num_class: '0', num_feature: String(features) },
      objective: { name: objective },
    },
    version: [3, 1, 0],
  };
}

/** XGBoost's arrays by node, in the order in which the nodes are met from the root, level by level. */
export function savedTree(root: Grown) {
  const nodes: Grown[] = [root];
  const left: number[] = [];
  const right: number[] = [];
  for (let node = 0; node < nodes.length; node++) {
    const grown = nodes[node] ?? 0;
    if (typeof grown === 'number') {
      left.push(-1);
      right.push(-1);
    } else {
      left.push(nodes.push(grown.below) - 1);
      right.push(nodes.push(grown.from) - 1);
    }
  }
  const each = (leaf: (margin: number) => number, split: (grown: Exclude<Grown, number>) => number) =>
    nodes.map((grown) => (typeof grown === 'number' ? leaf(grown) : split(grown)));
  return {
    left_children: left,
    right_children: right,
    split_indices: each(
      () => 0,
      ({ feature }) => feature,
    ),
    split_conditions: each(
      (margin) => margin,
      ({ at }) => at,
    ),
    default_left: each(
      () => 0,
      ({ missing }) => (missing === 'left' ? 1 : 0),
    ),
    loss_changes: each(
      () => 0,
      () => 1,
    ),
    split_type: nodes.map(() => 0),
    categories: [] as number[],
  };
}

/** Probabilities by ONNX Runtime of a saved model, without calibration. */
export async function scored(json: unknown, rows: readonly (readonly number[])[]): Promise<number[]> {
  const width = rows[0]?.length ?? 0;
  const features = Array.from({ length: width }, (_, i) => `f${i}`);
  const onnx = xgboostJsonToOnnx(json, { features, slope: 1, intercept: 0 });
  const scorer = await createScorer(onnx, { features, onnx: { input: ONNX_INPUT, output: ONNX_OUTPUT } });
  try {
    return Array.from(await scorer.score(Float32Array.from(rows.flat()), rows.length));
  } finally {
    await scorer.release();
  }
}

/** The float32 next above (1) or below (-1). */
export function neighbour(value: number, by: 1 | -1): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + (view.getFloat32(0) >= 0 ? by : -by));
  return view.getFloat32(0);
}
