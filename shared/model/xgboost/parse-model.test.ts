import { describe, expect, test } from '@jest/globals';
import { type Saved, saved, savedTree } from '../testing/saved-model.ts';
import { parseXgboostModel, XgboostModelError } from './parse-model.ts';

const split = { feature: 1, at: 3, below: -1, from: 1, missing: 'left' } as const;
const baseMargin = (baseScore: unknown) => parseXgboostModel(saved({ trees: [0], baseScore })).baseMargin;

describe('base_score', () => {
  test.each(['5E-1', '[5E-1]', '0.5', 0.5])('%j is a probability of one half: margin 0', (form) => {
    expect(baseMargin(form)).toBe(0);
  });

  // Margins as XGBoost 1.7.4 predicts them with a single leaf of 0.
  test.each([
    ['2E-1', -1.3862943649291992],
    ['[2E-1]', -1.3862943649291992],
    [0.2, -1.3862943649291992],
    ['1E-7', -16.11809539794922],
    ['9.99999E-1', 13.745160102844238],
  ])('%j is the margin that XGBoost makes of it in float32', (form, margin) => {
    expect(baseMargin(form)).toBe(margin);
  });

  test.each(['0E0', '1E0', '-5E-1', '[5E-1,5E-1]', '[5E-1', '', '[]', 'NaN', 2, 1 - 1e-12])(
    '%j is refused as no single probability',
    (form) => {
      expect(() => baseMargin(form)).toThrow(XgboostModelError);
      expect(() => baseMargin(form)).toThrow(`base_score is ${form}`);
    },
  );
});

describe('a model that the platform cannot run is refused, naming what it is', () => {
  const refusal = (changes: Partial<Saved>) => () => parseXgboostModel(saved({ trees: [split], ...changes }));

  test.each(['reg:squarederror', 'multi:softprob', 'binary:logitraw', 'rank:pairwise', 'binary:hinge'])(
    'objective %s',
    (objective) => {
      expect(refusal({ objective })).toThrow(XgboostModelError);
      expect(refusal({ objective })).toThrow(
        `The XGBoost model was trained for the objective ${objective}; only binary:logistic`,
      );
    },
  );

  test.each(['dart', 'gblinear'])('booster %s', (booster) => {
    expect(refusal({ booster })).toThrow(`The XGBoost model's booster is ${booster}; only gbtree`);
  });

  test.each([
    ['its list of categories', { categories: [2] }],
    ['the type of its split', { split_type: [1, 0, 0] }],
  ])('a split by categories, told by %s', (_, changes) => {
    const model = saved({ trees: [0] });
    const trees = [savedTree(split), { ...savedTree(split), ...changes }];
    const json = {
      learner: { ...model.learner, gradient_booster: { name: 'gbtree', model: { trees } } },
    };
    expect(() => parseXgboostModel(json)).toThrow(
      'Tree 1 of the XGBoost model splits by categories; only numbers are supported. Encode categories as numbers',
    );
  });

  test('no trees', () => {
    expect(refusal({ trees: [] })).toThrow('gradient_booster.model.trees');
  });

  test.each([
    ['a child that is its own parent', { left_children: [0, -1, -1] }],
    ['a child beyond the last node', { right_children: [3, -1, -1] }],
    ['a feature beyond the last', { split_indices: [2, 0, 0] }],
  ])('%s', (_, changes) => {
    const model = saved({ trees: [0] });
    const trees = [{ ...savedTree(split), ...changes }];
    const json = {
      learner: { ...model.learner, gradient_booster: { name: 'gbtree', model: { trees } } },
    };
    expect(() => parseXgboostModel(json)).toThrow('Tree 0 of the XGBoost model has an invalid node 0');
  });

  test.each([null, 'a string', {}, { learner: {} }])('%j', (json) => {
    expect(() => parseXgboostModel(json)).toThrow('not a gbtree for binary:logistic');
  });
});

test('a tree is read into thresholds, leaves, directions and gains by node', () => {
  const { trees, features } = parseXgboostModel(saved({ trees: [{ ...split, at: 0.1, from: 0.7 }] }));
  expect(features).toBe(2);
  expect(trees).toEqual([
    {
      left: [1, -1, -1],
      right: [2, -1, -1],
      feature: [1, 0, 0],
      threshold: [Math.fround(0.1), 0, 0],
      leaf: [0, -1, Math.fround(0.7)],
      missingLeft: [true, false, false],
      gain: [1, 0, 0],
    },
  ]);
});
