import {
  createScorer,
  decodeOnnx,
  ONNX_INPUT,
  ONNX_OUTPUT,
  parseXgboostModel,
  xgboostJsonToOnnx,
} from '@churn/model';
import { seededRandom, sigmoid } from '@churn/statistics';
import { describe, expect, test } from '@jest/globals';
import { type Matrix, trainBooster } from './booster.ts';
import { xgboostParameters } from './parameters.ts';
import { loadXgboost } from './xgboost-library.ts';

const library = loadXgboost(undefined);
const COLUMNS = 4;
const FEATURES = ['a', 'b', 'c', 'd'];
const PLATT = { slope: 0.8, intercept: -0.3 };

/** Rows of which a fifth of the values are missing, more often for those who churn, so that default branches differ. */
function sample(rows: number, seed: number): { matrix: Matrix; labels: Float32Array } {
  const random = seededRandom(seed);
  const data = new Float32Array(rows * COLUMNS);
  const labels = Float32Array.from({ length: rows }, () => (random() < 0.4 ? 1 : 0));
  for (let at = 0; at < data.length; at++) {
    const churned = labels[Math.floor(at / COLUMNS)] === 1;
    const missing = random() < (churned && at % COLUMNS < 2 ? 0.4 : 0.15);
    data[at] = missing ? Number.NaN : random() * 100 + (churned ? (at % COLUMNS) * 8 : 0);
  }
  return { matrix: { data, rows, columns: COLUMNS }, labels };
}

/** The float32 next above or below. */
function neighbour(value: number, by: 1 | -1): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + (value >= 0 ? by : -by));
  return view.getFloat32(0);
}

function trained(algorithm: 'boosted-trees' | 'random-forest', seed: number) {
  const { matrix, labels } = sample(600, seed);
  const training = { algorithm, cuts: 1, cut_every_days: 30, trees: 15, depth: 5, learning_rate: 0.2, seed };
  const booster = trainBooster(library, matrix, labels, xgboostParameters(training, 1.5));
  const saved = booster.save();
  return {
    booster,
    saved,
    model: parseXgboostModel(saved),
    onnx: xgboostJsonToOnnx(saved, { features: FEATURES, ...PLATT }),
  };
}

/** Rows around every threshold of the model: at it, a float below, a float above, missing. The rest of the row is another threshold's. */
function rowsAtThresholds({ trees }: ReturnType<typeof parseXgboostModel>): Matrix {
  const splits = trees.flatMap(({ left, feature, threshold }) =>
    left.flatMap((child, node) =>
      child === -1 ? [] : [{ column: feature[node] ?? 0, value: threshold[node] ?? 0 }],
    ),
  );
  const base = new Float32Array(COLUMNS).fill(Number.NaN);
  const rows: number[] = [];
  for (const { column, value } of splits) {
    for (const tried of [value, neighbour(value, 1), neighbour(value, -1), Number.NaN]) {
      base[column] = tried;
      rows.push(...base);
    }
    base[column] = value;
  }
  return { data: Float32Array.from(rows), rows: rows.length / COLUMNS, columns: COLUMNS };
}

async function largestGap(onnx: Uint8Array, matrix: Matrix, margins: Float32Array): Promise<number> {
  const scorer = await createScorer(onnx, {
    features: FEATURES,
    onnx: { input: ONNX_INPUT, output: ONNX_OUTPUT },
  });
  const scores = await scorer.score(matrix.data, matrix.rows);
  await scorer.release();
  return margins.reduce(
    (worst, margin, row) =>
      Math.max(worst, Math.abs((scores[row] ?? 1) - sigmoid(PLATT.slope * margin + PLATT.intercept))),
    0,
  );
}

const CASES = (['boosted-trees', 'random-forest'] as const).flatMap((algorithm) =>
  [1, 2, 3].map((seed) => ({ algorithm, seed })),
);

describe('the ONNX model', () => {
  test.each(CASES)(
    'of $algorithm (seed $seed) says what XGBoost says at, above and below every threshold and where values miss',
    async ({ algorithm, seed }) => {
      const { booster, model, onnx } = trained(algorithm, seed);
      const edge = rowsAtThresholds(model);
      const { matrix: seen } = sample(400, seed + 100);
      expect(edge.rows).toBeGreaterThan(200);
      expect(await largestGap(onnx, edge, booster.margins(edge))).toBeLessThanOrEqual(1e-6);
      expect(await largestGap(onnx, seen, booster.margins(seen))).toBeLessThanOrEqual(1e-6);
      booster.free();
    },
  );

  test.each(['boosted-trees', 'random-forest'] as const)(
    'of %s differs when missing values go the other way or a threshold belongs to the other side',
    async (algorithm) => {
      const { booster, saved, model } = trained(algorithm, 1);
      const directions = new Set(
        model.trees.flatMap(({ missingLeft, left }) => missingLeft.filter((_, node) => left[node] !== -1)),
      );
      expect(directions).toEqual(new Set([true, false]));
      const edge = rowsAtThresholds(model);
      const margins = booster.margins(edge);
      booster.free();
      const twisted = (change: (json: string) => string) =>
        xgboostJsonToOnnx(JSON.parse(change(JSON.stringify(saved))), { features: FEATURES, ...PLATT });
      const flipped = twisted((json) =>
        json.replaceAll(
          /"default_left":\[([^\]]*)\]/g,
          (_, list: string) => `"default_left":[${list.split(',').map((value) => 1 - Number(value))}]`,
        ),
      );
      expect(await largestGap(flipped, edge, margins)).toBeGreaterThan(1e-3);
      const shifted = twisted((json) =>
        json.replaceAll(
          /"split_conditions":\[([^\]]*)\]/g,
          (_, list: string) =>
            `"split_conditions":[${list.split(',').map((value) => neighbour(Math.fround(Number(value)), 1))}]`,
        ),
      );
      expect(await largestGap(shifted, edge, margins)).toBeGreaterThan(1e-3);
    },
  );

  test('reads back as it was written', () => {
    const { booster, onnx } = trained('boosted-trees', 1);
    booster.free();
    const model = decodeOnnx(onnx);
    expect(model.graph.node.map(({ opType }) => opType)).toEqual([
      'TreeEnsembleRegressor',
      'Mul',
      'Add',
      'Sigmoid',
    ]);
    expect(model.graph.initializer?.map(({ name, floatData }) => [name, floatData])).toEqual([
      ['slope', [Math.fround(PLATT.slope)]],
      ['intercept', [Math.fround(PLATT.intercept)]],
    ]);
  });
});
