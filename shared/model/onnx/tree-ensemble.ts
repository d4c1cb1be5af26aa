import type { XgboostModel } from '../xgboost/parse-model.ts';
import type { OnnxAttribute, OnnxNode } from './onnx-codec.ts';

/** AttributeProto.AttributeType */
const TYPE = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

const text = (value: string) => Buffer.from(value, 'latin1');
const ints = (name: string, values: number[]): OnnxAttribute => ({ name, type: TYPE.ints, ints: values });
const floats = (name: string, values: number[]): OnnxAttribute => ({
  name,
  type: TYPE.floats,
  floats: values,
});
const word = (name: string, value: string): OnnxAttribute => ({ name, type: TYPE.string, s: text(value) });

/**
 * The node TreeEnsembleRegressor (ai.onnx.ml 3) that computes a model's margin: baseMargin plus a leaf of every tree. A branch is
 * `value < threshold`; NaN follows missing_value_tracks_true, which is where "true" (left) leads.
 */
export function treeEnsembleNode(model: XgboostModel, input: string, output: string): OnnxNode {
  return {
    name: 'trees',
    opType: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    input: [input],
    output: [output],
    attribute: [
      word('aggregate_function', 'SUM'),
      floats('base_values', [model.baseMargin]),
      { name: 'n_targets', type: TYPE.int, i: 1 },
      ...nodeAttributes(model),
      word('post_transform', 'NONE'),
      ...leafAttributes(model),
    ],
  };
}

interface FlatNode {
  tree: number;
  node: number;
  leaf: boolean;
}

function flatten(model: XgboostModel): FlatNode[] {
  return model.trees.flatMap(({ left }, tree) =>
    left.map((child, node) => ({ tree, node, leaf: child === -1 })),
  );
}

function nodeAttributes(model: XgboostModel): OnnxAttribute[] {
  const flat = flatten(model);
  /** A node's value in one of its tree's arrays; leaves have none. */
  const each = (values: (tree: XgboostModel['trees'][number]) => readonly (number | boolean)[]) =>
    flat.map(({ tree, node, leaf }) => {
      const owner = model.trees[tree];
      return leaf || owner === undefined ? 0 : Number(values(owner)[node]);
    });
  return [
    ints(
      'nodes_falsenodeids',
      each((tree) => tree.right),
    ),
    ints(
      'nodes_featureids',
      each((tree) => tree.feature),
    ),
    ints(
      'nodes_missing_value_tracks_true',
      each((tree) => tree.missingLeft),
    ),
    {
      name: 'nodes_modes',
      type: TYPE.strings,
      strings: flat.map(({ leaf }) => text(leaf ? 'LEAF' : 'BRANCH_LT')),
    },
    ints(
      'nodes_nodeids',
      flat.map(({ node }) => node),
    ),
    ints(
      'nodes_treeids',
      flat.map(({ tree }) => tree),
    ),
    ints(
      'nodes_truenodeids',
      each((tree) => tree.left),
    ),
    floats(
      'nodes_values',
      each((tree) => tree.threshold),
    ),
  ];
}

function leafAttributes(model: XgboostModel): OnnxAttribute[] {
  const leaves = flatten(model).filter(({ leaf }) => leaf);
  return [
    ints(
      'target_ids',
      leaves.map(() => 0),
    ),
    ints(
      'target_nodeids',
      leaves.map(({ node }) => node),
    ),
    ints(
      'target_treeids',
      leaves.map(({ tree }) => tree),
    ),
    floats(
      'target_weights',
      leaves.map(({ tree, node }) => model.trees[tree]?.leaf[node] ?? 0),
    ),
  ];
}
