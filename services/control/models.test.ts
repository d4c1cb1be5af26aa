import type { Role } from '@churn/contracts';
import { eventually, sampleProject } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addVersions, MODEL } from './testing/models.ts';
import { auditOf, createWorld, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await addVersions(world.db.pool, 'shop', 3);
});
afterEach(() => world.close());

const move = (version: number, stage: string, role: Role = 'ml-engineer') =>
  world.ask('post', `/models/${MODEL}/versions/${version}/stage`, world.key('shop', role), {
    stage,
    reason: 'better on May',
  });
const show = async (version: number) =>
  (await world.ask('get', `/models/${MODEL}/versions/${version}`, world.key('shop', 'viewer'))).body;

describe('model versions', () => {
  it('are listed, newest first, and shown with manifest and record', async () => {
    const { body } = await world.ask('get', '/models', world.key('shop', 'viewer'));
    expect(body.versions).toMatchObject([
      { model: MODEL, version: 3, stage: 'None' },
      { model: MODEL, version: 2, stage: 'None' },
      { model: MODEL, version: 1, stage: 'Production' },
    ]);
    expect(await show(1)).toMatchObject({
      manifest: { model: MODEL, features: sampleProject().models[0]?.features },
      transitions: [{ to: 'Staging' }, { to: 'Production' }],
    });
  });

  it('move by the allowed ways, the one before going to Archived at once, on the record', async () => {
    expect((await move(2, 'Production')).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining('move it to Staging first'),
    });
    expect((await move(2, 'Staging', 'data-scientist')).body).toMatchObject({ stage: 'Staging' });
    expect((await move(2, 'Production')).body).toMatchObject({ stage: 'Production' });
    expect(await show(1)).toMatchObject({ stage: 'Archived' });
    const audit = await auditOf(world, 'shop');
    expect(audit.slice(-2)).toEqual([
      {
        actor: 'key:shop data-scientist',
        action: 'model.stage',
        subject: 'churn/2',
        detail: { from: 'None', to: 'Staging', reason: 'better on May' },
      },
      {
        actor: 'key:shop ml-engineer',
        action: 'model.promote',
        subject: 'churn/2',
        detail: { from: 'Staging', to: 'Production', reason: 'better on May' },
      },
    ]);
  });

  it('in Production are beyond a data scientist: neither in nor out', async () => {
    await move(2, 'Staging');
    for (const answer of [
      await move(2, 'Production', 'data-scientist'),
      await move(1, 'Archived', 'data-scientist'),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body.detail).toMatch(/needs the role ml-engineer; this key has data-scientist/);
    }
    expect(await show(1)).toMatchObject({ stage: 'Production' });
  });

  it('that were promoted while a data scientist asked to move them stay', async () => {
    await move(2, 'Staging');
    const holder = await world.db.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM model WHERE project_id = $1 FOR UPDATE', ['shop']);
    // Judged by Staging, it waits for the model...
    const asked = move(2, 'Archived', 'data-scientist').then((answer) => answer);
    await eventually(async () => {
      const { rows } = await world.db.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    // ...and by then it serves.
    await holder.query(`UPDATE model_version SET stage = 'Archived' WHERE version = 1`);
    await holder.query(`UPDATE model_version SET stage = 'Production' WHERE version = 2`);
    await holder.query('COMMIT');
    holder.release();
    expect((await asked).body).toMatchObject({ status: 409, detail: expect.stringContaining('look again') });
    expect(await show(2)).toMatchObject({ stage: 'Production' });
  });

  it('promoted at the same moment leave one in Production', async () => {
    await move(2, 'Staging');
    await move(3, 'Staging');
    await Promise.all([move(2, 'Production'), move(3, 'Production')]);
    const stages = await Promise.all([1, 2, 3].map(async (version) => (await show(version)).stage));
    expect(stages.filter((stage) => stage === 'Production')).toHaveLength(1);
    expect(stages[0]).toBe('Archived');
  });

  it('that are unknown, and requests without a reason, say what to do', async () => {
    expect((await move(9, 'Staging')).body).toMatchObject({
      status: 404,
      detail: expect.stringContaining('churn models list'),
    });
    const bare = await world.ask('post', `/models/${MODEL}/versions/2/stage`, world.key('shop', 'admin'), {
      stage: 'Staging',
    });
    expect(bare.body).toMatchObject({ status: 422, detail: expect.stringContaining('body.reason') });
  });
});

describe('the gauge of Production', () => {
  const gauge = async () => {
    const { text } = await world.ask('get', '/metrics');
    return text.match(/^registry_production_version\{.*$/gm);
  };
  it('shows the version of each defined model, and 0 where there is none', async () => {
    const line = (project: string, version: number) =>
      `registry_production_version{project="${project}",model="churn",service="control"} ${version}`;
    expect(await gauge()).toEqual([line('other', 0), line('shop', 1)]);
    await move(1, 'Archived');
    expect(await gauge()).toEqual([line('other', 0), line('shop', 0)]);
  });
});
