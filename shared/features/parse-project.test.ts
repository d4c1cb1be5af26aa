import { sampleProject } from '@churn/testing';
import { describe, expect, test } from '@jest/globals';
import { category, type IntExpression, parseProjectIr } from './index.ts';
import { changed, faultsOf } from './testing/shop.ts';

const ir = sampleProject();
const [view, source, model] = [ir.views[0]!, ir.sources[0]!, ir.models[0]!];
const feature = view.features[0]!;
const huge: IntExpression = { op: 'window', measure: 'spend', days: null };
const product: IntExpression = { op: 'mul', left: { op: 'mul', left: huge, right: huge }, right: huge };

const plan = { name: 'plan', ...category(['basic', 'gold']) };
const counted = (op: string, value: number) => ({ kind: 'count', where: { field: 'plan', op, value } });

describe('a project is refused, with the place and the remedy', () => {
  test.each([
    [
      'entities',
      [ir.entities[0], ir.entities[0]],
      'entity customer is defined twice; give one of them another name',
    ],
    ['sources', [source, source], 'source orders is defined twice'],
    ['views', [view, { ...view, version: 2 }], 'view purchases is defined twice'],
    ['labels', [ir.labels[0], ir.labels[0]], 'label inactive_30d is defined twice'],
    ['models', [model, model], 'model churn is defined twice'],
    [
      'sources.0.entity',
      'custommer',
      'source orders names the entity "custommer", which the project does not define (there is customer); did you mean "customer"?',
    ],
    ['sources.0.fields.1.name', 'amount', 'source orders: column amount is defined twice'],
    [
      'sources.0.fields.1.name',
      'position',
      'source orders: a column cannot be named position, the platform uses that name; rename it',
    ],
    [
      'sources.0.fields.0.currency',
      undefined,
      'source orders: field amount needs a currency exactly when it is money',
    ],
    [
      'sources.0.fields.1.scale',
      2,
      'source orders: field quantity is an integer with scale 2; use scale 0, or decimal',
    ],
    [
      'sources.0.fields.1.column',
      'Ordered_At',
      'source orders: column ordered_at is defined twice; give one of them another name',
    ],
    [
      'sources.0.join_key_column',
      'Position',
      'a column cannot be named Position, the platform uses that name',
    ],
    [
      'sources.0.fields.1.type',
      'category',
      'source orders: field quantity needs categories exactly when it is a category',
    ],
    ['sources.0.fields.1', { ...plan, scale: 1 }, 'field plan is a category with scale 1; use scale 0'],
    [
      'sources.0.fields.1',
      { ...plan, categories: ['gold', 'basic', 'gold'] },
      'source orders: field plan: category gold is defined twice',
    ],
    [
      'sources.0.fields.1',
      { ...plan, categories: ['gold', ' '] },
      'field plan has a blank category; blank cells are missing values, leave it out',
    ],
    [
      'sources.0',
      { ...source, timestamp_field: null, event_key: ['customer_id'] },
      'source orders has no timestamp column, so the same rows come again as of later instants: it has no event key',
    ],
    ['views.0.source', 'visits', 'view purchases@1 names the source "visits"'],
    ['views.0.entity', 'shop', 'view purchases@1 names the entity "shop"'],
    ['views.0.features.1.name', feature.name, 'view purchases@1: feature order_count_30d is defined twice'],
    ['views.0.measures.1.id', 'orders', 'view purchases@1: measure orders is defined twice'],
    ['views.0.measures.1.field', 'amuont', 'view purchases@1 names the field of orders "amuont"'],
    [
      'views.0.features.0.formula.of.measure',
      'order',
      'view purchases@1: feature order_count_30d names the measure "order"',
    ],
    [
      'views.0.features.0.formula.of',
      product,
      'feature order_count_30d multiplies numbers so large that Float32 may overflow',
    ],
    [
      'views.0.features.0.formula.of',
      { op: 'latest', field: 'quantitee' },
      'view purchases@1 names the field of orders "quantitee"',
    ],
    ['population.view', 'purchase', 'population names the view "purchase"'],
    ['labels.0.source', 'order', 'label inactive_30d names the source "order"'],
    ['models.0.entity', 'x', 'model churn names the entity "x"'],
    ['models.0.label', 'inactive', 'model churn names the label "inactive"'],
    ['models.0.features.3', model.features[0], `model churn: feature ${model.features[0]} is defined twice`],
    ['models.0.features.0', 'buys@1:x', 'model churn names the view "buys"'],
    [
      'models.0.features.0',
      'purchases@2:spend_90d',
      'model churn asks for purchases@2:spend_90d, but view purchases is at version 1; refer to purchases@1',
    ],
    ['models.0.features.0', 'purchases@1:nothing', 'model churn names the feature of purchases@1 "nothing"'],
    [
      'models.0.baseline_feature',
      'purchases@1:x',
      '"purchases@1:x" is its baseline or exported, but not among its features; add it to features',
    ],
    [
      'models.0.thresholds',
      { medium: 0.7, high: 0.7 },
      'model churn: thresholds must rise, got medium 0.7 and high 0.7',
    ],
    // Of the shape: index replaced by name, and what is expected.
    [
      'views.0.features.0.name',
      'say "hi"',
      'views[purchases].features[say "hi"].name: lower case letters, digits and _',
    ],
    ['views.0.features.0.name', "x'; DROP TABLE project; --", 'lower case letters, digits and _'],
    ['labels.0.horizon_days', 0, 'labels[inactive_30d].horizon_days: Too small: expected number to be >=1'],
    ['views.0.features.0.formula.of.days', 0, 'days: Too small: expected number to be >=1'],
    ['views.0.version', 0, 'views[purchases].version: Too small'],
    [
      'models.0.training.algorithm',
      'svm',
      'models[churn].training.algorithm: Invalid option: expected one of "boosted-trees"|"random-forest"',
    ],
    [
      'models.0.training.seed',
      4_294_967_296,
      'models[churn].training.seed: Too big: expected number to be <=4294967295',
    ],
    ['population.active_within', 3, 'population: Unrecognized key: "active_within"'],
  ])('%s as %j', (path, value, message) => {
    expect(faultsOf(changed(ir, path, value)).join('\n')).toContain(message);
  });

  test('and the project that all of these change is accepted', () => {
    expect(faultsOf(ir)).toEqual([]);
  });

  test.each([
    [
      { kind: 'sum', field: 'plan', where: null },
      'measure x is a sum of plan, which is a category; count events with one',
    ],
    [counted('>', 0), 'measure x compares the category plan by >; use = or <>'],
    [counted('=', 2), 'measure x names category 2 of plan, which has 2, from 0 on'],
  ])('of a category that is taken for a number: %j', (measure, message) => {
    const sources = [{ ...source, fields: [...source.fields, plan] }];
    const measures = [...view.measures, { id: 'x', ...measure }];
    expect(faultsOf({ ...ir, sources, views: [{ ...view, measures }] })).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test('of a view about one entity over a source about another', () => {
    const two = { ...ir, entities: [...ir.entities, { name: 'shop', join_key: 'shop_id', description: '' }] };
    expect(faultsOf(changed(two, 'views.0.entity', 'shop'))).toEqual([
      'view purchases@1 is about shop, its source orders about customer; they must agree',
    ]);
  });

  test('nested without end, instead of ending the stack of whoever reads it', () => {
    let deep: unknown = { op: 'const', value: 1 };
    for (let i = 0; i < 20_000; i++) deep = { op: 'add', left: deep, right: { op: 'const', value: 1 } };
    const formula = { op: 'value', of: deep, scale: 1 };
    const features = [{ ...feature, formula }];
    expect(() => parseProjectIr({ ...ir, views: [{ ...view, features }] })).toThrow(
      'nested deeper than 300 levels; split the formula into several features',
    );
  });
});
