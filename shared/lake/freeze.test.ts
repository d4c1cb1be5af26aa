import { createTestDatabase, insertProject, sampleProject, type TestDatabase } from '@churn/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { freeze } from './freeze.ts';

let db: TestDatabase;
let listener: pg.PoolClient;

beforeAll(async () => {
  db = await createTestDatabase();
  await insertProject(db.pool, sampleProject());
  listener = await db.pool.connect();
  await listener.query('LISTEN churn_compact');
});
beforeEach(async () => {
  listener.removeAllListeners('notification');
  await db.pool.query(
    `SELECT inbox_put('shop', ARRAY['orders'], ARRAY[$1], ARRAY['\\x00'::bytea], ARRAY['c1'], ARRAY[1::bigint], ARRAY['{}'::jsonb])`,
    [crypto.randomUUID()],
  );
});
afterAll(async () => {
  listener.release();
  await db.drop();
});

const position = async () =>
  Number((await db.pool.query('SELECT current_event_position() AS position')).rows[0].position);

/** Takes everything in the inbox as of now, as the compactor does, but hears only from the `nth` time on that it is asked to. */
function compactorThatHears(nth: number): void {
  let asked = 0;
  listener.on('notification', () => {
    asked++;
    if (asked === nth)
      void listener.query(
        `INSERT INTO inbox_consumer (project_id, consumer, position) VALUES ('shop', 'compactor', current_event_position())
         ON CONFLICT (project_id, consumer) DO UPDATE SET position = excluded.position`,
      );
  });
}

test('the compactor is asked, and what it takes in time belongs to it', async () => {
  compactorThatHears(1);
  expect(await freeze(db.pool, 'shop', { waitMs: 60_000 })).toMatchObject({
    position: await position(),
    lagging: 0,
  });
});

test('a compactor that did not hear is asked again', async () => {
  compactorThatHears(2);
  expect(await freeze(db.pool, 'shop', { waitMs: 20_000 })).toMatchObject({ lagging: 0 });
});

test('without a compactor it ends before the first event that is missing, and says how many are', async () => {
  const before = (await position()) - 1;
  expect(await freeze(db.pool, 'shop', { waitMs: 1 })).toMatchObject({ position: before, lagging: 1 });
});
