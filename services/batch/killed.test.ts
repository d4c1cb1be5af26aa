import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Point } from './hooks.ts';
import type { Service } from './service.ts';
import { killNow, startUntil } from './testing/processes.ts';
import { insertRunToday, runEnded } from './testing/runs.ts';
import { tally } from './testing/tally.ts';
import { createWorld, type World } from './testing/world.ts';

/** Short, so that the survivor need not wait long. */
const LEASE_MS = 800;

let world: World;
let survivor: Service | undefined;

beforeAll(async () => {
  world = await createWorld({ customers: 1_000, chunkRows: 200 });
});
afterAll(async () => {
  await world.close();
});
beforeEach(() => {
  survivor = undefined;
});
afterEach(async () => {
  await survivor?.close();
});

async function completeElsewhere(runId: string) {
  survivor = await world.start({ limits: { leaseMs: LEASE_MS } });
  return runEnded(survivor.context.pool, world, runId);
}

async function expectEachOnce(runId: string) {
  const { rows } = await world.db.pool.query('SELECT count(*)::int AS high FROM high_churn_risk_customers');
  const counted = await tally(world.db.pool, 'shop', '2026-03-05');
  expect(counted).toEqual({ rows: 1_000, distinct: 1_000, high: rows[0].high });
  const runs = await world.db.pool.query('SELECT DISTINCT run_id FROM churn_predictions');
  expect(runs.rows).toEqual([{ run_id: runId }]);
}

const POINTS: Point[] = [
  'frozen',
  'snapshot',
  'claimed',
  'copied',
  'updated',
  'committed',
  'keyed',
  'attached',
  'exporting',
  'exported',
];

describe('a process killed by SIGKILL', () => {
  test.each(POINTS)('at "%s" leaves a run that another completes, each customer once', async (point) => {
    const runId = await insertRunToday(world.db.pool, world);
    const victim = await startUntil(world, point, LEASE_MS);
    await killNow(victim);
    expect(await completeElsewhere(runId)).toMatchObject({ state: 'succeeded', customers: 1_000 });
    await expectEachOnce(runId);
  });
});

describe('a process frozen by SIGSTOP', () => {
  test.each<Point>(['copied', 'updated'])(
    'at "%s" is passed by, and cannot write when it wakes',
    async (point) => {
      const runId = await insertRunToday(world.db.pool, world);
      const victim = await startUntil(world, point, LEASE_MS);
      victim.kill('SIGSTOP');
      const run = await completeElsewhere(runId);
      victim.kill('SIGCONT');
      await killNow(victim);
      expect(run).toMatchObject({ state: 'succeeded' });
      await expectEachOnce(runId);
    },
  );
});
