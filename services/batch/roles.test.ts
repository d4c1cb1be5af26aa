import { readFileSync } from 'node:fs';
import { eventually } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { loadBatchConfig } from './config.ts';
import type { Point } from './hooks.ts';
import { findRuns } from './queries/find-runs.ts';
import { type Service, startBatchService } from './service.ts';
import { runEnded } from './testing/runs.ts';
import { createWorld, type World } from './testing/world.ts';

const CHUNKS = 10;
const COORDINATION: Point[] = ['frozen', 'snapshot', 'keyed', 'attached', 'exporting', 'exported'];
const SCORING: Point[] = ['claimed', 'scored', 'copied', 'updated', 'committed'];

let world: World;
const services: Service[] = [];
beforeAll(async () => {
  world = await createWorld({ customers: 1_000, chunkRows: 1_000 / CHUNKS });
  // The model was in Production before last night's schedule, so that a coordinator that starts catches up with it.
  await world.db.pool.query(`UPDATE stage_transition SET at = '2026-03-01T00:00:00Z'`);
});
afterAll(() => world.close());
beforeEach(() => world.db.pool.query('DELETE FROM batch_run'));
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

/** Starts a process of a role; returns the points at which its work passes. */
async function start(role: string): Promise<Set<Point>> {
  const passed = new Set<Point>();
  const at = async (point: Point) => void passed.add(point);
  const config = loadBatchConfig({ ...world.env, CHURN_BATCH_ROLE: role });
  services.push(await startBatchService(config, { now: () => world.nowMs, hooks: { at } }));
  return passed;
}

const runs = () => findRuns(world.db.pool, { projectId: world.ir.project, limit: 10 });
const scheduled = () => eventually(async () => (await runs())[0] ?? null);

/** By what the chart adds workers. */
function kedaQuery(): string {
  const values = new URL('../../helm/churn/values-large.yaml', import.meta.url);
  return String(
    parseDocument(readFileSync(values, 'utf8')).getIn(['services', 'batch-worker', 'autoscaling', 'query']),
  );
}

test('workers score the chunks of runs that a coordinator starts by the schedule and leads; neither does the work of the other', async () => {
  const worker = await start('worker');
  const coordinator = await start('coordinator');
  const { run_id } = await scheduled();
  expect(await runEnded(world.db.pool, world, run_id)).toMatchObject({
    state: 'succeeded',
    trigger: 'schedule',
    customers: 1_000,
  });
  expect([...coordinator].sort()).toEqual([...COORDINATION].sort());
  expect([...worker].sort()).toEqual([...SCORING].sort());
});

test('without a worker the chunks of a coordinator wait in the queue, KEDA sees them, and workers that come later work them off', async () => {
  await start('coordinator');
  const { run_id } = await scheduled();
  const queue = services[0]?.context.queue;
  await eventually(async () => (await queue?.depth())?.waiting === CHUNKS || null);
  const { rows } = await world.db.pool.query(`SELECT (${kedaQuery()})::int AS unfinished`);
  expect(rows).toEqual([{ unfinished: CHUNKS }]);
  const workers = await Promise.all([start('worker'), start('worker')]);
  expect(await runEnded(world.db.pool, world, run_id)).toMatchObject({ state: 'succeeded' });
  expect(workers.some((passed) => passed.has('committed'))).toBe(true);
});

test('a process alone does both, unless told otherwise', async () => {
  expect(loadBatchConfig(world.env).CHURN_BATCH_ROLE).toBe('both');
  const passed = await start('both');
  const { run_id } = await scheduled();
  expect(await runEnded(world.db.pool, world, run_id)).toMatchObject({ state: 'succeeded' });
  expect([...passed].sort()).toEqual([...COORDINATION, ...SCORING].sort());
});

test('a role that there is not is refused with those that there are', () => {
  expect(() => loadBatchConfig({ ...world.env, CHURN_BATCH_ROLE: 'workers' })).toThrow(
    'CHURN_BATCH_ROLE: expected both, coordinator or worker, got "workers"',
  );
});
