import { category, type FieldIr, integer } from '@churn/features';
import { createTestDatabase, sampleProject, type TestDatabase } from '@churn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applyDefinitions } from './definitions.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => db.pool.query('TRUNCATE definition_set, project CASCADE'));

const base = sampleProject();
const [purchases, source] = [base.views[0]!, base.sources[0]!];
const visits = { ...purchases, name: 'visits' };
const apply = (changes: Partial<typeof base>) =>
  applyDefinitions(db.pool, {
    projectId: 'shop',
    ir: { ...base, ...changes },
    actor: 'test',
    createProject: true,
  });

describe('what was once applied keeps its meaning', () => {
  const fewer = { ...visits, features: visits.features.slice(0, 2) };

  test('a view that was removed comes back under its version only as it was', async () => {
    await apply({ views: [purchases, visits] });
    await apply({});
    await expect(apply({ views: [purchases, fewer] })).rejects.toThrow(
      'view visits@1 computes something else than the applied visits@1; raise its version to 2',
    );
    expect((await apply({ views: [purchases, visits] })).changes).toContain('+ view visits@1');
    await apply({});
    expect((await apply({ views: [purchases, { ...fewer, version: 2 }] })).changed).toBe(true);
    await apply({});
    await expect(apply({ views: [purchases, visits] })).rejects.toThrow(
      'view visits goes back from version 2 to 1; versions only rise, make it visits@3',
    );
  });

  test('a view may be described anew without a new version', async () => {
    await apply({ views: [purchases, visits] });
    const { changes } = await apply({ views: [purchases, { ...visits, description: 'Visits.' }] });
    expect(changes).toEqual(['~ view visits@1']);
  });

  test('a field that was removed does not come back with another scale: segments still hold the old one', async () => {
    const weight = (scale: number) => ({ name: 'weight', type: 'decimal', scale, description: '' }) as const;
    const withWeight = (scale: number) => ({
      sources: [{ ...source, fields: [...source.fields, weight(scale)] }],
    });
    await apply(withWeight(2));
    await apply({});
    await expect(apply(withWeight(3))).rejects.toThrow(
      'source orders: field weight is stored with scale 2; its scale and currency cannot change, add a field of another name',
    );
    expect((await apply(withWeight(2))).changed).toBe(true);
  });

  test('the categories of a field only grow at their end: segments and states hold their places', async () => {
    const plan = (...values: string[]) => ({
      sources: [{ ...source, fields: [...source.fields, { name: 'plan', ...category(values) }] }],
    });
    await apply(plan('basic', 'gold'));
    await apply(plan('basic', 'gold', 'silver'));
    await apply({});
    const refused =
      /source orders: field plan: the category "(gold|silver)" has another place than in the applied list .*append new ones at its end/;
    await expect(apply(plan('basic', 'silver', 'gold'))).rejects.toThrow(refused);
    await expect(apply(plan('basic', 'gold'))).rejects.toThrow(refused);
    expect((await apply(plan('basic', 'gold', 'silver', 'bronze'))).changed).toBe(true);
  });

  test('a number does not become a category, nor a category a number', async () => {
    const mark = (field: FieldIr) => ({ sources: [{ ...source, fields: [...source.fields, field] }] });
    await apply(mark({ name: 'mark', ...integer() }));
    await expect(apply(mark({ name: 'mark', ...category(['a']) }))).rejects.toThrow(
      'source orders: field mark is stored as integer; a category cannot become a number, nor a number a category: add a field of another name',
    );
  });
});
