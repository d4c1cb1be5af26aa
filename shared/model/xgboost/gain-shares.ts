import type { XgboostModel } from './parse-model.ts';

/** The share of each feature in the loss reduction of all splits; sums to 1, or is 0 everywhere when nothing was split. */
export function gainShares(model: XgboostModel): number[] {
  const gains = new Array<number>(model.features).fill(0);
  for (const { left, feature, gain } of model.trees) {
    for (const [node, child] of left.entries()) {
      const index = feature[node] ?? 0;
      if (child !== -1) gains[index] = (gains[index] ?? 0) + (gain[node] ?? 0);
    }
  }
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return gains.map((gain) => (total > 0 ? gain / total : 0));
}
