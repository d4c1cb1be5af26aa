import type { SavedTree } from '@churn/testing';

/** Perfect trees of random splits (values of 0 to 200) and small leaves; the same seed gives the same trees. For measuring, not for truth. */
export function generatedTrees(shape: {
  trees: number;
  depth: number;
  features: number;
  seed: number;
}): SavedTree[] {
  const random = mulberry32(shape.seed);
  const inner = 2 ** shape.depth - 1;
  const nodes = 2 * inner + 1;
  return Array.from({ length: shape.trees }, () => {
    const leaf = (node: number) => node >= inner;
    const each = <T>(make: (node: number) => T) => Array.from({ length: nodes }, (_, node) => make(node));
    return {
      left_children: each((node) => (leaf(node) ? -1 : 2 * node + 1)),
      right_children: each((node) => (leaf(node) ? -1 : 2 * node + 2)),
      split_indices: each((node) => (leaf(node) ? 0 : Math.floor(random() * shape.features))),
      split_conditions: each((node) => Math.fround(leaf(node) ? random() * 0.8 - 0.4 : random() * 200)),
      default_left: each((node) => (leaf(node) || random() < 0.5 ? 0 : 1)),
      loss_changes: each((node) => (leaf(node) ? 0 : 1)),
    };
  });
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain): uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
