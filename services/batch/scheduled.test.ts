import { insertProject, sampleProject } from '@churn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanUp } from './clean-up.ts';
import { type Context, createContext } from './context.ts';
import { dropRunTable } from './queries/prediction-tables.ts';
import { scheduleDueRuns } from './schedule.ts';
import { insertRunToday } from './testing/runs.ts';
import { createWorld, NOW_MS, type World } from './testing/world.ts';

let world: World;
let contexts: Context[];

beforeAll(async () => {
  world = await createWorld({ customers: 10 });
  await insertProject(world.db.pool, sampleProject({ project: 'untrained' }));
  const promoted = new Date(NOW_MS - 10 * 86_400_000);
  await world.db.pool.query('UPDATE stage_transition SET at = $1', [promoted]);
  contexts = await Promise.all([1, 2, 3].map(() => createContext(world.config, { now: () => world.nowMs })));
});
afterAll(async () => {
  for (const context of contexts) await context.closer.close();
  await world.close();
});
beforeEach(async () => {
  world.nowMs = NOW_MS;
  await world.db.pool.query('DELETE FROM batch_run');
});

const first = (): Context => contexts[0] as Context;
const endRuns = () => world.db.pool.query(`UPDATE batch_run SET state = 'succeeded', finished_at = now()`);

describe('the nightly schedule', () => {
  test('starts one run a project and day, however many processes fire it', async () => {
    const started = await Promise.all(
      Array.from({ length: 12 }, (_, i) => scheduleDueRuns(contexts[i % 3] as Context)),
    );
    expect(started.flat()).toHaveLength(1);
    await endRuns();
    expect(await scheduleDueRuns(first())).toEqual([]);
    const { rows } = await world.db.pool.query(
      'SELECT project_id, trigger, prediction_date::text FROM batch_run',
    );
    expect(rows).toEqual([{ project_id: 'shop', trigger: 'schedule', prediction_date: '2026-03-05' }]);
    world.nowMs += 86_400_000;
    expect(await scheduleDueRuns(first())).toHaveLength(1);
  });

  test('catches up with a firing that nobody was there for, once', async () => {
    world.nowMs = Date.parse('2026-03-06T09:00:00Z');
    expect(await scheduleDueRuns(first())).toHaveLength(1);
    const { rows } = await world.db.pool.query('SELECT prediction_date::text, as_of_us FROM batch_run');
    expect(rows).toEqual([{ prediction_date: '2026-03-06', as_of_us: world.nowMs * 1000 }]);
  });

  test('before its time of the day belongs to the day before, seen from its end', async () => {
    world.nowMs = Date.parse('2026-03-06T01:00:00Z');
    await scheduleDueRuns(first());
    const { rows } = await world.db.pool.query('SELECT prediction_date::text, as_of_us FROM batch_run');
    expect(rows).toEqual([
      { prediction_date: '2026-03-05', as_of_us: Date.parse('2026-03-06T00:00:00Z') * 1000 },
    ]);
  });

  test('waits for an open run and then has its own', async () => {
    await insertRunToday(first().pool, world);
    expect(await scheduleDueRuns(first())).toEqual([]);
    await endRuns();
    expect(await scheduleDueRuns(first())).toHaveLength(1);
  });

  test('does not catch up with a firing from before the model was in Production', async () => {
    world.nowMs = NOW_MS - 11 * 86_400_000;
    expect(await scheduleDueRuns(first())).toEqual([]);
  });
});

describe('cleaning up', () => {
  const insertEnded = async (state: string, minutesAgo: number) => {
    const { rows } = await world.db.pool.query(
      `INSERT INTO batch_run (project_id, trigger, state, prediction_date, as_of_us, created_at, finished_at)
       VALUES ('shop', 'manual', $1, '2026-03-05', 1, now() - $2 * interval '1 min', now() - $2 * interval '1 min') RETURNING run_id`,
      [state, minutesAgo],
    );
    return rows[0].run_id;
  };

  test('keeps the newest runs and removes the table of a failed one that a later run made obsolete', async () => {
    const failed = await insertEnded('failed', 60);
    const old = await insertEnded('succeeded', 50);
    for (const minutes of [40, 30, 20]) await insertEnded('succeeded', minutes);
    const fresh = await insertEnded('failed', 10);
    const table = `churn_predictions_r_${failed.replaceAll('-', '')}`;
    await world.db.pool.query(`CREATE TABLE ${table} (LIKE churn_predictions)`);
    expect((await cleanUp(first())).sort()).toEqual([failed, old].sort());
    const { rows } = await world.db.pool.query('SELECT to_regclass($1) AS gone', [table]);
    expect(rows).toEqual([{ gone: null }]);
    expect(await cleanUp(first())).toEqual([]);
    await dropRunTable(first().pool, fresh);
  });
});
