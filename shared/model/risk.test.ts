import { expect, test } from '@jest/globals';
import { riskOf } from './risk.ts';
import { neighbour } from './testing/saved-model.ts';

const BANDS = { medium: 0.3, high: 0.7 };

test.each([
  [0, 'low'],
  [0.3 - 2 ** -54, 'low'],
  [0.3, 'medium'],
  [0.7 - 2 ** -53, 'medium'],
  [0.7, 'high'],
  [1, 'high'],
] as const)('a probability of %d is a %s risk: a band begins with its threshold', (probability, risk) => {
  expect(riskOf(probability, BANDS)).toBe(risk);
});

test('a float32 score is compared as the number that it is, and that answers and tables show', () => {
  const [medium, high] = [Math.fround(0.3), Math.fround(0.7)];
  expect([medium >= 0.3, high >= 0.7]).toEqual([true, false]);
  expect([riskOf(medium, BANDS), riskOf(neighbour(medium, -1), BANDS)]).toEqual(['medium', 'low']);
  expect([riskOf(high, BANDS), riskOf(neighbour(high, 1), BANDS)]).toEqual(['medium', 'high']);
});
