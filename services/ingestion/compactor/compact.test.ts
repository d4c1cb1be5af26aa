import { copyFileSync, existsSync, globSync, utimesSync } from 'node:fs';
import { sampleProject } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { acceptedIds, lakeEventIds } from '../testing/lake-rows.ts';
import { postOrders } from '../testing/online-states.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';
import { compact } from './compact.ts';
import { sweepLake } from './sweep-lake.ts';

const shop = sampleProject();
let world: World;
let one: Context;
let two: Context;
beforeEach(async () => {
  world = await createWorld(shop);
  one = world.process();
  two = world.process();
});
afterEach(() => world.close());

const post = (each: number) => postOrders(one, world, shop, ['c1', 'c2'], each);
const lake = async () => (await lakeEventIds(one, shop)).toSorted();
const files = () => globSync(`${world.lake.path}/${PROJECT}/**/*.parquet`);

/** Compacts until the list of segments is to be written, as a process does that is killed there. */
async function killedBeforeCommit(): Promise<void> {
  await world.db.pool.query('ALTER TABLE segment ADD CONSTRAINT killed CHECK (rows < 0) NOT VALID');
  await expect(compact(one, PROJECT, { wait: true })).rejects.toThrow('killed');
  await world.db.pool.query('ALTER TABLE segment DROP CONSTRAINT killed');
}

/** Makes every file look as if it was written `days` ago. */
function age(days: number): void {
  const then = world.nowMs / 1000 - days * 86_400;
  for (const file of files()) utimesSync(file, then, then);
}

test('a crash between the files and the commit loses and doubles no event', async () => {
  await post(3);
  await killedBeforeCommit();
  expect(files()).toHaveLength(1);
  expect(await lake()).toEqual([]);
  await post(2);
  expect(await compact(two, PROJECT, { wait: true })).toEqual({ events: 10, segments: 1 });
  expect(await lake()).toEqual(await acceptedIds(one));
  expect(await compact(one, PROJECT, { wait: true })).toEqual({ events: 0, segments: 0 });
});

test('the file that a crash left is removed after a day, and no other', async () => {
  await post(3);
  await killedBeforeCommit();
  const [orphan = ''] = files();
  await post(2);
  await compact(two, PROJECT, { wait: true });
  age(0.9);
  expect(await sweepLake(two, PROJECT)).toEqual([]);
  age(1.1);
  expect(await sweepLake(two, PROJECT)).toHaveLength(1);
  expect(existsSync(orphan)).toBe(false);
  expect(files()).toHaveLength(1);
  expect(await lake()).toEqual(await acceptedIds(one));
});

/** A process that stops after it has read the inbox, until it is let go on. */
function stopping(context: Context) {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const process: Context = {
    ...context,
    async openDuck() {
      reached.resolve();
      await goOn.promise;
      return context.openDuck();
    },
  };
  return { process, reached: reached.promise, goOn: goOn.resolve };
}

test('of two at once one works and the other is told', async () => {
  await post(2);
  const slow = stopping(one);
  const running = compact(slow.process, PROJECT, { wait: true });
  await slow.reached;
  expect(await compact(two, PROJECT, { wait: false })).toBeNull();
  expect(await sweepLake(two, PROJECT)).toEqual([]);
  slow.goOn();
  expect(await running).toEqual({ events: 4, segments: 1 });
  expect(await lake()).toEqual(await acceptedIds(one));
});

test('one that has lost its lock to another lists nothing, and says so', async () => {
  await post(2);
  const slow = stopping(one);
  const running = compact(slow.process, PROJECT, { wait: true });
  const outcome = expect(running).rejects.toThrow('Another process has compacted project shop');
  await slow.reached;
  await world.db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  await post(1);
  expect(await compact(two, PROJECT, { wait: true })).toEqual({ events: 6, segments: 1 });
  slow.goOn();
  await outcome;
  expect(await lake()).toEqual(await acceptedIds(one));
});

test('a segment listed twice would be seen', async () => {
  await post(1);
  await compact(one, PROJECT, { wait: true });
  const [file = ''] = files();
  copyFileSync(file, file.replace('.parquet', '-again.parquet'));
  await world.db.pool.query(
    `INSERT INTO segment SELECT gen_random_uuid(), project_id, source, replace(path, '.parquet', '-again.parquet'), sha256, rows, bytes, position_from,
       position_to, min_occurred_us, max_occurred_us, import_id FROM segment`,
  );
  expect(await lake()).not.toEqual(await acceptedIds(one));
});

test('events that stream in meanwhile come into the lake once, in order of position', async () => {
  let streaming = true;
  const compacting = [one, two].map(async (context) => {
    while (streaming) await compact(context, PROJECT, { wait: false });
  });
  await Promise.all(
    [1, 2, 3].map(async () => {
      for (let i = 0; i < 15; i++) await post(2);
    }),
  );
  streaming = false;
  await Promise.all(compacting);
  await compact(one, PROJECT, { wait: true });
  const { rows } = await world.db.pool.query<{ event_id: string }>(
    'SELECT event_id FROM event_identity ORDER BY position',
  );
  expect(rows).toHaveLength(180);
  expect(await lakeEventIds(one, shop)).toEqual(rows.map((row) => row.event_id));
});
