import { contractsProject } from '@churn/testing';
import { describe, expect, test } from '@jest/globals';
import { count, eventLabel, featureView, latest, type Term } from './index.ts';
import { changed, faultsIn, faultsOf } from './testing/shop.ts';

const ir = contractsProject();
const [, outcomes] = ir.sources;
const [contract] = ir.views;
const [model] = ir.models;
const left = { field: 'churned', op: '=', value: 'Yes' } as const;
const faults = (path: string, value: unknown) => faultsOf(changed(ir, path, value));

test('the project with an explicit label is accepted', () => {
  expect(faultsOf(ir)).toEqual([]);
  expect(ir.labels).toMatchObject([
    { kind: 'event', source: 'outcomes', where: { field: 'churned', op: '=', value: 1 }, horizon_days: 30 },
  ]);
});

test.each([
  ['labels.0.where.field', 'chruned', 'label left_30d names the field of outcomes "chruned"'],
  ['labels.0.where.value', 2, 'label left_30d names category 2 of churned, which has 2, from 0 on'],
  ['labels.0.where.op', '>', 'label left_30d compares the category churned by >; use = or <>'],
  ['population.unless', 'outcome@1:departd', 'population names the feature of outcome@1 "departd"'],
  [
    'population.unless',
    'outcome@2:departed',
    'population asks for outcome@2:departed, but view outcome is at version 1',
  ],
  ['population.unless', 'departed', 'population.unless: view@version:feature'],
  ['models.0.training.cuts', 3, 'validation by folds is for a single cut, and it has 3; set cuts to 1'],
])('%s as %j is refused with the place and the remedy', (path, value, message) => {
  expect(faults(path, value).join()).toContain(message);
});

test('a label is refused where it is written when its value is none of the field', () => {
  const written = () =>
    eventLabel({ name: 'gone', source: outcomes!, where: { ...left, value: 'yes' }, horizonDays: 30 });
  expect(faultsIn(written)).toEqual([
    'label gone: "yes" is not a category of churned; write one of "No", "Yes"',
  ]);
});

describe('a feature that reads what the label is made of', () => {
  /** The faults of a model with one feature more, of the outcomes. */
  function withFeature(feature: Term, where: object = {}) {
    const view = featureView({ name: 'outcome', version: 1, source: outcomes!, features: { x: feature } });
    return faultsOf({
      ...ir,
      views: [contract, view],
      population: { ...ir.population, unless: undefined },
      labels: [{ ...ir.labels[0], ...where }],
      models: [{ ...model, features: [...model!.features, 'outcome@1:x'] }],
    });
  }
  const leak =
    /^model leaving: its feature outcome@1:x reads churned of outcomes, which is what its label left_30d is made of \(leakage\); leave it out/;

  test.each<[string, Term]>([
    ['its last value', latest('churned')],
    ['a count of it', count({ where: left })],
    ['the count of the others', count({ where: { ...left, op: '<>' } })],
  ])('is refused as leakage: %s', (_, term) => {
    expect(withFeature(term)).toEqual([expect.stringMatching(leak)]);
  });

  test('is refused too where every event is the label, whatever is counted', () => {
    expect(withFeature(count(), { where: null })).toEqual([
      expect.stringContaining('reads the events of outcomes, which is what its label left_30d is made of'),
    ]);
  });

  test('is not meant where it reads another field of the source', () => {
    expect(withFeature(count())).toEqual([]);
  });
});
