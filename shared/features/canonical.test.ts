import { sampleProject } from '@churn/testing';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson, definitionsHash, diffProjects } from './index.ts';

/** The same value with the keys of every object written in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

const ir = sampleProject();

describe('the identity of definitions', () => {
  test('does not depend on the order of keys, and is the same for ever', () => {
    const other = reversed(ir) as typeof ir;
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(ir));
    expect(definitionsHash(other)).toBe(definitionsHash(ir));
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
  });

  test("depends on the order of a model's features: it is that of the model's columns", () => {
    const [model] = ir.models;
    const turned = { ...ir, models: [{ ...model!, features: [...model!.features].reverse() }] };
    expect(definitionsHash(turned)).not.toBe(definitionsHash(ir));
  });
});

describe('the difference of two projects', () => {
  test('is nothing for the same, and everything before the first', () => {
    expect(diffProjects(ir, structuredClone(ir))).toEqual([]);
    expect(diffProjects(null, ir)).toEqual([
      '+ entity customer',
      '+ source orders',
      '+ view purchases@1',
      ...ir.views[0]!.features.map(({ name }) => `+ feature purchases@1:${name}`),
      '+ population',
      '+ label inactive_30d',
      '+ model churn',
    ]);
  });

  test('names what was added, changed and removed', () => {
    const [view, label] = [ir.views[0]!, ir.labels[0]!];
    const features = view.features.slice(1).map((f) => ({ ...f, unit: 'x' }));
    const next = {
      ...ir,
      views: [{ ...view, version: 2, features }],
      population: { ...ir.population, active_within_days: 90 },
      labels: [{ ...label, name: 'gone' }],
    };
    expect(diffProjects(ir, next)).toEqual([
      '~ view purchases@1 -> purchases@2',
      '~ feature spend_90d',
      '~ feature avg_amount_90d',
      '~ feature days_since_last_order',
      '- feature order_count_30d',
      '~ population',
      '+ label gone',
      '- label inactive_30d',
    ]);
    expect(diffProjects(ir, { ...ir, views: [] })).toEqual(['- view purchases@1']);
  });
});
