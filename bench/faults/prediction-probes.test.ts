import { describe, expect, test } from '@jest/globals';
import { NOBODY, predictionProbes } from './prediction-probes.ts';

const KNOWN = [1, 2, 3].map((n) => ({
  customer_id: `c${n}`,
  churn_probability: n / 10,
  churn_risk: 'low',
  eligible: true,
  model_version: 'churn/1',
}));
const SERVED = { model_variant: 'champion', prediction_id: crypto.randomUUID(), degraded: false };
const one = {
  ...KNOWN[0],
  ...SERVED,
  features_used: { total: 3 },
  as_of: '2026-03-05T10:00:00Z',
  latency_ms: 1,
};
const several = [
  ...KNOWN.map((row) => ({ ...row, ...SERVED, features: { total: 3 } })),
  { ...KNOWN[0], ...SERVED, customer_id: NOBODY, churn_risk: 'unknown', eligible: false, features: {} },
];

/** What a fresh probe makes of a body: its first question is for c1, or for c1, c2, c3 and nobody. */
function worth(index: 0 | 1, body: object) {
  const probe = predictionProbes('http://x', KNOWN)[index];
  const sent = probe?.request().body;
  return probe?.check(body, sent);
}

describe('a prediction of one', () => {
  test('is right when it is what was stored, fresh or not', () => {
    expect(worth(0, one)).toBe('answered');
    expect(worth(0, { ...one, churn_probability: 0.1 + 5e-7 })).toBe('answered');
    expect(worth(0, { ...one, degraded: true, features_used: {} })).toBe('degraded');
  });

  test.each([
    ['of somebody else', { customer_id: 'c2' }, 'asked for c1, answered c2'],
    ['of another probability', { churn_probability: 0.2 }, 'the probability of c1 is 0.1'],
    ['of another risk', { churn_risk: 'high' }, 'churn_risk of c1 is low'],
    ['of another model', { model_version: 'churn/2' }, 'model_version of c1 is churn/1'],
    ['of an eligible customer who is not', { eligible: false }, 'eligible of c1 is true'],
    ['without features', { features_used: {} }, 'no features'],
    ['with a field too many', { extra: 1 }, 'Unrecognized key'],
    ['without a field', { as_of: undefined }, 'as_of'],
  ])('is wrong %s', (_what, changes, why) => {
    expect(worth(0, { ...one, ...changes })).toEqual({ wrong: expect.stringContaining(why) });
  });
});

describe('predictions of several', () => {
  const of = (predictions: object[]) => worth(1, { predictions, latency_ms: 1 });
  const [first = {}, second = {}, third = {}, nobody = {}] = several;

  test('are right in the order asked, with nobody unknown; degraded when one is', () => {
    expect(of(several)).toBe('answered');
    expect(of([first, { ...second, degraded: true, features: {} }, third, nobody])).toBe('degraded');
  });

  test.each([
    ['in another order', [second, first, third, nobody], 'asked for c1, answered c2'],
    ['one too few', [first, second, third], '4 asked for, 3 answered'],
    ['with a risk of nobody', [first, second, third, { ...nobody, churn_risk: 'low' }], 'is not known'],
    [
      'with one wrong among degraded',
      [{ ...first, degraded: true }, { ...second, churn_risk: 'high' }, third, nobody],
      'churn_risk of c2 is low',
    ],
  ])('are wrong %s', (_what, predictions, why) => {
    expect(of(predictions)).toEqual({ wrong: expect.stringContaining(why) });
  });
});
