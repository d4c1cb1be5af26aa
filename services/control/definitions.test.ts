import type { ProjectIr } from '@churn/features';
import { sampleProject } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auditOf, createWorld, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = (ir: object) => world.ask('post', '/definitions', world.key('shop', 'data-scientist'), { ir });
const current = async () => (await world.ask('get', '/definitions', world.key('shop', 'viewer'))).body;

/** The sample's orders counted over 60 days instead of 30. */
function counted60Days(version: number): ProjectIr {
  const [view] = sampleProject().views;
  const features = view!.features.map((feature) =>
    feature.name === 'order_count_30d'
      ? {
          ...feature,
          formula: { op: 'value', of: { op: 'window', measure: 'orders', days: 60 }, scale: 1 } as const,
        }
      : feature,
  );
  const [model] = sampleProject().models;
  const renamed = (name: string) => name.replace('purchases@1', `purchases@${version}`);
  return sampleProject({
    views: [{ ...view!, version, features }],
    models: [
      {
        ...model!,
        features: model!.features.map(renamed),
        baseline_feature: renamed(model!.baseline_feature),
        export_features: model!.export_features.map(renamed),
      },
    ],
  });
}

describe('applying definitions', () => {
  it('that are the current ones changes nothing and leaves no record', async () => {
    expect((await apply(sampleProject())).body).toMatchObject({ version: 1, changed: false, changes: [] });
    expect(await auditOf(world, 'shop')).toEqual([]);
  });

  it('says line by line what was created and changed, with the actor on the record', async () => {
    const label = sampleProject().labels[0]!;
    const next = sampleProject({
      description: 'A larger shop.',
      labels: [label, { ...label, name: 'inactive_60d', horizon_days: 60 }],
    });
    const { body } = await apply(next);
    const changes = ['~ description', '+ label inactive_60d'];
    expect(body).toMatchObject({ project: 'shop', version: 2, changed: true, changes });
    expect(await current()).toMatchObject({ version: 2, hash: body.hash, ir: next });
    expect(await auditOf(world, 'shop')).toEqual([
      {
        actor: 'key:shop data-scientist',
        action: 'definitions.apply',
        subject: 'version 2',
        detail: { hash: body.hash, changes },
      },
    ]);
    expect((await apply(sampleProject({ description: 'A larger shop.' }))).body.changes).toEqual([
      '- label inactive_60d',
    ]);
  });

  it('refuses a view that computes something else under its old version, and takes it under the next', async () => {
    const refused = await apply(counted60Days(1));
    expect(refused.body).toMatchObject({
      status: 422,
      type: 'urn:churn:problem:definitions-invalid',
      detail: expect.stringMatching(/purchases@1 computes something else.*raise its version to 2/s),
      errors: [expect.objectContaining({ reason: expect.stringContaining('raise its version to 2') })],
    });
    expect(await current()).toMatchObject({ version: 1 });
    const { body } = await apply(counted60Days(2));
    expect(body.changes).toEqual(
      expect.arrayContaining(['~ view purchases@1 -> purchases@2', '~ feature order_count_30d']),
    );
  });

  it('names every fault at once, and what it cannot store', async () => {
    const { body } = await apply({
      ...sampleProject(),
      labels: [],
      population: { view: 'nothing', active_within_days: 0 },
    });
    expect(body.status).toBe(422);
    expect(body.errors.length).toBeGreaterThan(1);
    const nul = await apply(sampleProject({ description: 'a\u0000b' }));
    expect(nul.body).toMatchObject({ status: 422, detail: expect.stringContaining('NUL') });
    expect(await current()).toMatchObject({ version: 1 });
  });

  it('of several at once: each becomes a version of its own, and none is lost', async () => {
    const descriptions = Array.from({ length: 8 }, (_, i) => `Shop ${i}`);
    const answers = await Promise.all(
      descriptions.map((description) => apply(sampleProject({ description }))),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    const newest = answers.find(({ body }) => body.version === 9);
    expect(await current()).toMatchObject({ version: 9, hash: newest?.body.hash });
  });

  it('of the same at once: one changes, the others find it done', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => apply(sampleProject({ description: 'New' }))));
    expect(answers.map(({ body }) => [body.version, body.changed]).sort()).toEqual([
      [2, false],
      [2, false],
      [2, false],
      [2, true],
    ]);
  });
});
