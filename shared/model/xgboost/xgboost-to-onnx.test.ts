import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Grown, neighbour, saved, scored } from '../testing/saved-model.ts';
import { xgboostJsonToOnnx } from './xgboost-to-onnx.ts';

const sigmoid = (margin: number) => 1 / (1 + Math.exp(-margin));
const LEFT = sigmoid(-1);
const RIGHT = sigmoid(2);
const stump = (at: number, missing: 'left' | 'right' = 'left'): Grown => ({
  feature: 0,
  at,
  below: -1,
  from: 2,
  missing,
});

async function expectScores(json: unknown, rows: number[][], expected: number[]): Promise<void> {
  const found = await scored(json, rows);
  expect(found).toEqual(expected.map((probability) => expect.closeTo(probability, 6)));
}

describe('the border of a split', () => {
  test.each([0, 1, -1, 0.1, -0.1, 16_777_216, 1e-38, 3.4e38])(
    'at %d: the float below goes left; the threshold, and the float above, go right',
    async (at) => {
      const rows = [neighbour(at, -1), at, neighbour(at, 1)].map((value) => [value, Number.NaN]);
      await expectScores(saved({ trees: [stump(at)] }), rows, [LEFT, RIGHT, RIGHT]);
    },
  );

  test('is the float32 nearest to what is written, and so are values: doubles that round to it go right', async () => {
    const at = Math.fround(0.1);
    const halfway = (at - neighbour(at, -1)) / 2;
    const values = [at - halfway * 0.99, at + halfway * 0.99, at - halfway * 1.01];
    expect(values.map(Math.fround)).toEqual([at, at, neighbour(at, -1)]);
    for (const written of [0.1, at, at + halfway * 0.99, at - halfway * 0.99])
      await expectScores(
        saved({ trees: [stump(written)] }),
        values.map((value) => [value, 0]),
        [RIGHT, RIGHT, LEFT],
      );
  });

  test('at 0 takes minus zero as zero', async () => {
    await expectScores(saved({ trees: [stump(0)] }), [[-0, 0]], [RIGHT]);
  });
});

describe('a missing value', () => {
  test.each([
    ['left', LEFT],
    ['right', RIGHT],
  ] as const)('goes %s where the split says so', async (missing, expected) => {
    await expectScores(saved({ trees: [stump(5, missing)] }), [[Number.NaN, 1]], [expected]);
  });

  test('takes each split on its way by that split: left at the first, right at the next', async () => {
    const tree: Grown = { feature: 1, at: 1, below: stump(5, 'right'), from: 9, missing: 'left' };
    await expectScores(saved({ trees: [tree] }), [[Number.NaN, Number.NaN]], [RIGHT]);
  });
});

describe('trees', () => {
  test('of a single leaf answer the same for everybody, missing or not', async () => {
    await expectScores(
      saved({ trees: [0.25, 0.5] }),
      [
        [1, 2],
        [Number.NaN, Number.NaN],
      ],
      [sigmoid(0.75), sigmoid(0.75)],
    );
  });

  test('add up on the margin, single leaves among them', async () => {
    const trees = [stump(1), 0.5, stump(3)];
    await expectScores(
      saved({ trees, baseScore: '[2E-1]' }),
      [[0], [2], [4]].map(([value = 0]) => [value, 0]),
      [-1.5, 1.5, 4.5].map((margin) => sigmoid(margin + Math.log(0.25))),
    );
  });
});

test('a model of another width than the names is refused with both numbers', () => {
  const json = saved({ trees: [0], features: 3 });
  expect(() => xgboostJsonToOnnx(json, { features: ['a', 'b'], slope: 1, intercept: 0 })).toThrow(
    'was trained on 3 features, and 2 are named',
  );
});

test('any trees: ONNX Runtime walks them as they are written', async () => {
  const value = fc.oneof(
    fc.float({ noNaN: true, min: -8, max: 8 }),
    fc.constantFrom(-1, -0.1, 0, 0.1, 1).map(Math.fround),
  );
  const { tree } = fc.letrec<{ tree: Grown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.float({ noNaN: true, min: -1, max: 1 }),
      fc.record({
        feature: fc.nat(1),
        at: value,
        below: tie('tree'),
        from: tie('tree'),
        missing: fc.constantFrom('left' as const, 'right' as const),
      }),
    ),
  }));
  const row = fc.array(fc.oneof(value, fc.constant(Number.NaN)), { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(tree, { minLength: 1, maxLength: 6 }),
      fc.array(row, { minLength: 1, maxLength: 20 }),
      async (trees, rows) => {
        const found = await scored(saved({ trees }), rows);
        for (const [index, cells] of rows.entries()) {
          const margin = trees.reduce((sum: number, root) => sum + walk(root, cells), 0);
          expect(Math.abs((found[index] ?? Number.NaN) - sigmoid(margin))).toBeLessThanOrEqual(1e-6);
        }
      },
    ),
    { numRuns: 200, seed: 20260305 },
  );
});

function walk(grown: Grown, cells: readonly number[]): number {
  if (typeof grown === 'number') return grown;
  const value = cells[grown.feature] ?? Number.NaN;
  const left = Number.isNaN(value) ? grown.missing === 'left' : value < grown.at;
  return walk(left ? grown.below : grown.from, cells);
}
