import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bootstrapByGroup } from './bootstrap.ts';
import { auc, liftAt, prAuc, rank, weightedAuc, weightedLiftAt, weightedPrAuc } from './ranking.ts';

const scored = fc
  .array(fc.record({ score: fc.integer({ min: 0, max: 8 }), label: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 4,
    maxLength: 60,
  })
  .filter((rows) => rows.some(({ label }) => label === 1) && rows.some(({ label }) => label === 0))
  .map((rows) => ({ scores: rows.map(({ score }) => score), labels: rows.map(({ label }) => label) }));

describe('ranking metrics', () => {
  it('AUC is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        let right = 0;
        let pairs = 0;
        for (const [i, a] of labels.entries())
          for (const [j, b] of labels.entries())
            if (a === 1 && b === 0) {
              pairs++;
              right += Math.sign(scores[i]! - scores[j]!) / 2 + 0.5;
            }
        expect(auc({ scores, labels })).toBeCloseTo(right / pairs, 12);
      }),
    );
  });

  it('no metric depends on the order of the rows', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const turned = { scores: [...scores].reverse(), labels: [...labels].reverse() };
        for (const metric of [auc, prAuc, (data: typeof turned) => liftAt(data, 0.1)])
          expect(metric(turned)).toBeCloseTo(metric({ scores, labels }), 12);
      }),
    );
  });

  it('a weight of two is the row twice', () => {
    fc.assert(
      fc.property(scored, fc.infiniteStream(fc.integer({ min: 1, max: 3 })), (data, stream) => {
        const weights = data.scores.map(() => stream.next().value ?? 1);
        const repeat = (values: number[]) =>
          values.flatMap((value, i) => new Array<number>(weights[i]!).fill(value));
        const repeated = { scores: repeat(data.scores), labels: repeat(data.labels) };
        const ranking = rank(data);
        const byRank = Float64Array.from(ranking.rows, (row) => weights[row]!);
        expect(weightedAuc(ranking, byRank)).toBeCloseTo(auc(repeated), 12);
        expect(weightedPrAuc(ranking, byRank)).toBeCloseTo(prAuc(repeated), 12);
        expect(weightedLiftAt(ranking, 0.1, byRank)).toBeCloseTo(liftAt(repeated, 0.1), 12);
      }),
    );
  });

  it('knows average precision and lift of a small case', () => {
    // scikit-learn: average_precision_score([1, 0, 1, 0], [4, 3, 2, 1]) = 0.8333...
    const data = { scores: [4, 3, 2, 1], labels: [1, 0, 1, 0] };
    expect(prAuc(data)).toBeCloseTo(5 / 6, 12);
    expect(liftAt(data, 0.25)).toBeCloseTo(2, 12);
  });

  it('lift of constant scores is one', () => {
    expect(liftAt({ scores: [1, 1, 1, 1, 1], labels: [1, 0, 0, 1, 0] }, 0.1)).toBeCloseTo(1, 12);
  });
});

describe('bootstrap by customer', () => {
  it('is the same for the same seed, and its interval holds the value', () => {
    const scores = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i) + (i % 3 === 0 ? 0.5 : 0));
    const labels = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const ranking = rank({ scores, labels });
    const groups = ranking.rows.map((row) => Math.floor(row / 3));
    const run = (seed: number) =>
      bootstrapByGroup((weights) => [weightedAuc(ranking, weights)], {
        groups,
        resamples: 200,
        seed,
      });
    const [interval] = run(1);
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
    expect(interval!.low).toBeLessThan(interval!.value);
    expect(interval!.high).toBeGreaterThan(interval!.value);
  });

  it('is wider when rows of a customer repeat each other than if they were independent', () => {
    const labels = Float64Array.from({ length: 400 }, (_, i) => Math.floor(i / 4) % 2);
    const scores = Float64Array.from(
      { length: 400 },
      (_, i) => Math.sin(Math.floor(i / 4)) + (labels[i] ?? 0),
    );
    const ranking = rank({ scores, labels });
    const width = (groups: Uint32Array) => {
      const [interval] = bootstrapByGroup((weights) => [weightedAuc(ranking, weights)], {
        groups,
        resamples: 300,
        seed: 5,
      });
      return interval!.high - interval!.low;
    };
    const customers = ranking.rows.map((row) => Math.floor(row / 4));
    expect(width(customers)).toBeGreaterThan(width(ranking.rows) * 1.5);
  });
});
