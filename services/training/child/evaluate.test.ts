import { seededRandom } from '@churn/statistics';
import { expect, test } from '@jest/globals';
import { evaluate } from './evaluate.ts';
import type { Rows } from './read-rows.ts';

const ROWS = 600;

/** Customers of whom the likelier churn more often, and the likelihoods. */
function sample(): { rows: Rows; scores: Float32Array } {
  const random = seededRandom(8);
  const scores = Float32Array.from({ length: ROWS }, () => random());
  const labels = scores.map((score) => (random() < 0.3 + 0.5 * score ? 1 : 0));
  const customers = Uint32Array.from(scores, (_, row) => row);
  return { rows: { data: scores, rows: ROWS, columns: 1, labels, customers }, scores };
}

test('the ends of an interval are those of the data, not of the seed: another seed hardly moves them', () => {
  const { rows, scores } = sample();
  const ends = [1, 2, 3, 4].map((seed) => {
    const baseline = { feature: 'likelihood', column: 0 };
    const { auc } = evaluate({ rows, scores, baseline, seed, onProgress: () => {} });
    return { low: auc.low, high: auc.high, width: auc.high - auc.low };
  });
  const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
  const least = Math.min(...ends.map(({ width }) => width));
  expect(spread(ends.map(({ low }) => low)) / least).toBeLessThan(0.07);
  expect(spread(ends.map(({ high }) => high)) / least).toBeLessThan(0.07);
});
