import { eventually, insertProject, sampleProject } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { loadBatchConfig } from './config.ts';
import { LIMITS } from './limits.ts';
import { runTable } from './queries/prediction-tables.ts';
import { type Removal, removeOldPredictions } from './remove-old-predictions.ts';
import { startBatchService } from './service.ts';
import { daysAgo, predictionTables, storeDay, storedDays } from './testing/stored-days.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let pool: Pool;
const readers = new Set<{ end(): Promise<void> }>();
let [today, recent, old, older]: string[] = [];

beforeAll(async () => {
  world = await createWorld({ customers: 10 });
  pool = world.db.pool;
  await insertProject(pool, sampleProject({ project: 'quiet' }));
  [today, recent, old, older] = await Promise.all([0, 30, 31, 400].map((days) => daysAgo(pool, days)));
});
afterAll(() => world.close());
afterEach(async () => {
  for (const reader of readers) await reader.end();
});
beforeEach(async () => {
  const { rows } = await pool.query(
    `SELECT c.oid::regclass AS name FROM pg_class c WHERE relname LIKE 'churn\\_predictions\\_%' AND relkind IN ('r', 'p') ORDER BY relkind DESC`,
  );
  for (const { name } of rows) await pool.query(`DROP TABLE IF EXISTS ${name}`);
  await pool.query('DELETE FROM batch_run');
});

const config = (days?: string) =>
  loadBatchConfig({ ...world.env, ...(days !== undefined && { CHURN_PREDICTION_DAYS: days }) });
const remove = (waitMs = 30_000, days?: string) =>
  removeOldPredictions({
    pool,
    config: config(days ?? '30'),
    limits: { ...LIMITS, removalWaitMs: waitMs },
  });
const store = (project: string, ...days: (string | undefined)[]) =>
  Promise.all(days.map((day) => storeDay(pool, project, day ?? '')));

const dayOf = (day = '') => `churn_predictions_${day.replaceAll('-', '')}`;

/** Turns until there is nothing more to remove. */
async function removeAll(): Promise<Removal[]> {
  const removals: Removal[] = [];
  for (let next = await remove(); next !== null; next = await remove()) removals.push(next);
  return removals;
}

/** A transaction that has read what there is, as a report or a dump does, and stays open. */
async function startReader(): Promise<{ end(): Promise<void> }> {
  const client = await pool.connect();
  const reader = {
    async end() {
      if (!readers.delete(reader)) return;
      await client.query('COMMIT');
      client.release();
    },
  };
  readers.add(reader);
  await client.query('BEGIN; SELECT count(*) FROM churn_predictions');
  return reader;
}

describe('predictions older than CHURN_PREDICTION_DAYS', () => {
  test('are removed a day at a time, oldest first, with the tables of their days', async () => {
    await store('shop', older, old, recent, today);
    await store('quiet', old, today);
    expect(await removeAll()).toEqual([
      { date: older, projects: ['shop'], tables: 2, heldUp: null },
      { date: old, projects: ['quiet', 'shop'], tables: 3, heldUp: null },
    ]);
    expect(await storedDays(pool)).toEqual([`quiet ${today}`, `shop ${recent}`, `shop ${today}`]);
    expect(await predictionTables(pool)).toBe(5);
    const { rows } = await pool.query('SELECT count(*)::int AS runs FROM batch_run');
    expect(rows).toEqual([{ runs: 6 }]);
  });

  test("stay where they are a project's newest", async () => {
    await store('shop', older, today);
    await store('quiet', older, old);
    await removeAll();
    expect(await storedDays(pool)).toEqual([`quiet ${old}`, `shop ${today}`]);
  });

  test('stay for ever where it is not set', async () => {
    await store('shop', older, old, today);
    expect(await removeOldPredictions({ pool, config: config(), limits: LIMITS })).toBeNull();
    expect(await storedDays(pool)).toHaveLength(3);
  });

  test('stay while a run of their day is open', async () => {
    await store('shop', old, today);
    const { rows } = await pool.query(
      `INSERT INTO batch_run (project_id, trigger, prediction_date, as_of_us) VALUES ('shop', 'manual', $1, 0) RETURNING run_id`,
      [old],
    );
    expect(await remove()).toBeNull();
    await pool.query(`UPDATE batch_run SET state = 'succeeded' WHERE run_id = $1`, [rows[0].run_id]);
    expect(await remove()).toMatchObject({ date: old, projects: ['shop'] });
  });

  test('stay while their run has failed and may be resumed, since its export reads them', async () => {
    const [runId] = await store('shop', old, today);
    await pool.query(`UPDATE batch_run SET state = 'failed' WHERE run_id = $1`, [runId]);
    expect(await remove()).toBeNull();
    await pool.query('UPDATE batch_run SET cleaned_at = now() WHERE run_id = $1', [runId]);
    expect(await remove()).toMatchObject({ date: old, projects: ['shop'] });
  });

  test('are removed by the housekeeping of a service', async () => {
    await store('shop', older, old, today);
    const service = await startBatchService(config('30'), { now: () => world.nowMs });
    try {
      await eventually(async () => (await storedDays(pool)).length === 1);
    } finally {
      await service.close();
    }
    expect(await storedDays(pool)).toEqual([`shop ${today}`]);
  });

  test('are removed once by several processes', async () => {
    await store('shop', older, old, today);
    await store('quiet', older, old, today);
    const turns = await Promise.all(Array.from({ length: 6 }, () => removeAll()));
    const removed = [...turns.flat(), ...(await removeAll())].flatMap(({ date, projects }) =>
      projects.map((project) => `${project} ${date}`),
    );
    expect(removed.sort()).toEqual([`quiet ${older}`, `quiet ${old}`, `shop ${older}`, `shop ${old}`]);
    expect(await predictionTables(pool)).toBe(3);
  });
});

describe('a reader', () => {
  test('is waited for, and no other waits meanwhile', async () => {
    await store('shop', old, today);
    const reader = await startReader();
    const removal = remove();
    await eventually(async () => {
      const { rows } = await pool.query('SELECT FROM pg_inherits WHERE inhdetachpending');
      return rows.length === 1;
    });
    expect(await storedDays(pool)).toEqual([`shop ${today}`]);
    await storeDay(pool, 'quiet', today ?? '');
    await reader.end();
    expect(await removal).toEqual({ date: old, projects: ['shop'], tables: 2, heldUp: null });
  });

  test('that stays too long delays the removal until a later turn, which ends what was begun', async () => {
    await store('shop', older, old, today);
    const reader = await startReader();
    const heldUp = { date: older, projects: [], tables: 0, heldUp: expect.stringMatching(/lock timeout/) };
    expect(await remove(50)).toEqual(heldUp);
    expect(await remove(50)).toEqual(heldUp);
    expect(await storedDays(pool)).toEqual([`shop ${old}`, `shop ${today}`]);
    await reader.end();
    expect((await removeAll()).map(({ date, tables }) => [date, tables])).toEqual([
      [older, 2],
      [old, 2],
    ]);
    expect(await predictionTables(pool)).toBe(2);
  });
});

describe('a run of a day whose removal was begun', () => {
  const endings = {
    "with the project's table on its way out": async () => {
      const reader = await startReader();
      expect(await remove(50)).toMatchObject({ heldUp: expect.any(String) });
      await reader.end();
    },
    "with the day's table on its way out": async (leaf: string) => {
      await pool.query(`DROP TABLE ${leaf}`);
      const reader = await startReader();
      expect(await remove(50)).toMatchObject({ heldUp: expect.any(String) });
      await reader.end();
    },
    "with the day's table detached": async (leaf: string, day: string) => {
      await pool.query(`DROP TABLE ${leaf}`);
      await pool.query(`ALTER TABLE churn_predictions DETACH PARTITION ${day}`);
    },
  };

  test.each(Object.entries(endings))('is seen: %s', async (_, interrupted) => {
    const [runId = ''] = await store('shop', old, today);
    await interrupted(runTable(runId), dayOf(old));
    await storeDay(pool, 'shop', old ?? '');
    expect(await storedDays(pool)).toEqual([`shop ${old}`, `shop ${today}`]);
  });
});

test('what one detached that did not come to drop it is dropped by the next', async () => {
  const [runId = ''] = await store('shop', old, today);
  await pool.query(`ALTER TABLE ${dayOf(old)} DETACH PARTITION ${runTable(runId)}`);
  await pool.query(`ALTER TABLE churn_predictions DETACH PARTITION ${dayOf(old)}`);
  expect(await remove()).toEqual({ date: old, projects: ['shop'], tables: 2, heldUp: null });
  expect(await predictionTables(pool)).toBe(2);
});
