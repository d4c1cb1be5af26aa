import { eventually } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { scoreChunk } from './chunks/score-chunk.ts';
import { writeChunk } from './chunks/write-chunk.ts';
import { type Context, createContext } from './context.ts';
import { takeTurn } from './coordinator.ts';
import type { Hooks, Point } from './hooks.ts';
import { claimChunk } from './queries/claim-chunk.ts';
import { claimRun } from './queries/claim-run.ts';
import { releaseRun, renewRun } from './queries/hold-run.ts';
import { countRunTable } from './queries/prediction-tables.ts';
import { insertRunToday } from './testing/runs.ts';
import { createWorld, type World } from './testing/world.ts';

/** Longer than any test: leases end here by expireLease alone. */
const LEASE_MS = 600_000;
const CHUNKS = 3;

let world: World;
let context: Context;
let runId: string;
/** Stops the next worker that comes to a point until released. */
let gate: { point: Point; reached: () => void; open: Promise<void> } | undefined;

const hooks: Hooks = {
  async at(point) {
    if (gate?.point !== point) return;
    const { reached, open } = gate;
    gate = undefined;
    reached();
    await open;
  },
};

function stopAt(point: Point): { reached: Promise<void>; release: () => void } {
  const reached = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  gate = { point, reached: reached.resolve, open: open.promise };
  return { reached: reached.promise, release: open.resolve };
}

beforeAll(async () => {
  world = await createWorld({ customers: 300, chunkRows: 100 });
  context = await createContext(world.config, {
    now: () => world.nowMs,
    hooks,
    limits: { leaseMs: LEASE_MS },
  });
});
afterAll(async () => {
  await context.closer.close();
  await world.close();
});
beforeEach(async () => {
  runId = await insertRunToday(context.pool, world);
  expect(await takeTurn(context)).toMatchObject({ did: 'advance', to: 'snapshotting' });
  expect(await takeTurn(context)).toMatchObject({ did: 'advance', to: 'scoring' });
});
afterEach(async () => {
  await context.pool.query(`UPDATE batch_run SET state = 'failed', finished_at = now() WHERE run_id = $1`, [
    runId,
  ]);
});

const score = (chunkId: number) => scoreChunk(context, { runId, chunkId });
/** As if the process were frozen: its lease is over, though its timer still runs here. */
const expireLease = () =>
  context.pool.query(
    `UPDATE batch_chunk SET lease_until = now() - interval '1 s' WHERE run_id = $1 AND state = 'running'`,
    [runId],
  );

const leaseOf = async (chunkId: number) => {
  const { rows } = await context.pool.query<{ ahead: boolean }>(
    'SELECT lease_until > clock_timestamp() AS ahead FROM batch_chunk WHERE run_id = $1 AND chunk_id = $2',
    [runId, chunkId],
  );
  return rows[0]?.ahead ? 'ahead' : 'over';
};

async function tableOf() {
  const { rows } = await context.pool.query(
    `SELECT count(*)::int AS rows, count(DISTINCT customer_id)::int AS distinct FROM churn_predictions_r_${runId.replaceAll('-', '')}`,
  );
  return rows[0];
}

describe('a chunk', () => {
  test('given out twice is scored once', async () => {
    const outcomes = await Promise.all([score(0), score(0), score(0)]);
    expect(outcomes.map(({ did }) => did).sort()).toEqual(['nothing', 'nothing', 'scored']);
    expect(await score(0)).toEqual({ did: 'nothing' });
    expect(await tableOf()).toEqual({ rows: 100, distinct: 100 });
  });

  test('taken over while its worker was away is written by the new one only', async () => {
    const first = stopAt('scored');
    const away = score(0);
    await first.reached;
    await expireLease();
    expect(await score(0)).toEqual({ did: 'scored', rows: 100 });
    first.release();
    expect(await away).toEqual({ did: 'fenced' });
    expect(await tableOf()).toEqual({ rows: 100, distinct: 100 });
  });

  test('taken over after its rows were copied, but before they were committed, is there once', async () => {
    const first = stopAt('copied');
    const away = score(0);
    await first.reached;
    await expireLease();
    expect(await score(0)).toEqual({ did: 'scored', rows: 100 });
    first.release();
    expect(await away).toEqual({ did: 'fenced' });
    expect(await tableOf()).toEqual({ rows: 100, distinct: 100 });
  });

  test('whose lease ran out, but that nobody took over, still counts', async () => {
    const first = stopAt('copied');
    const slow = score(0);
    await first.reached;
    await expireLease();
    first.release();
    expect(await slow).toEqual({ did: 'scored', rows: 100 });
    expect(await tableOf()).toEqual({ rows: 100, distinct: 100 });
  });

  test('of a worker that keeps saying it is alive is not given to another', async () => {
    const impatient = { ...context, limits: { ...context.limits, leaseMs: 3_000 } };
    const first = stopAt('scored');
    const slow = scoreChunk(impatient, { runId, chunkId: 0 });
    await first.reached;
    await expireLease();
    await eventually(async () => (await leaseOf(0)) === 'ahead');
    expect(await score(0)).toEqual({ did: 'nothing' });
    first.release();
    expect(await slow).toEqual({ did: 'scored', rows: 100 });
  });

  test('raced for by many workers with leases that run out is there once', async () => {
    const racing = Array.from({ length: 30 }, async (_, i) => {
      if (i % 3 === 0) await expireLease();
      return score(i % CHUNKS);
    });
    const outcomes = await Promise.all(racing);
    for (let chunkId = 0; chunkId < CHUNKS; chunkId++) {
      await context.pool.query('UPDATE batch_chunk SET attempts = 0, not_before = NULL WHERE run_id = $1', [
        runId,
      ]);
      await expireLease();
      await score(chunkId);
    }
    expect(outcomes.length).toBe(30);
    expect(await tableOf()).toEqual({ rows: 300, distinct: 300 });
  });
});

test('a renewal that arrives after the end of its turn does not keep the run from the next one', async () => {
  const run = await claimRun(context.pool, LEASE_MS);
  if (run === null) throw new Error('the run was not claimed');
  await releaseRun(context.pool, run, { inMs: 0, attempts: 0, step: 'freed' });
  expect(await renewRun(context.pool, run, LEASE_MS)).toBe(true);
  expect(await claimRun(context.pool, LEASE_MS)).toMatchObject({ runId, attempts: 0 });
  // And the turn before has nothing to renew any more.
  expect(await renewRun(context.pool, run, LEASE_MS)).toBe(false);
});

test('control: without the check of the token the same takeover leaves customers twice', async () => {
  const claim = { worker: 'test', leaseMs: LEASE_MS, chunkAttempts: 6 };
  const stale = await claimChunk(context.pool, { runId, chunkId: 0 }, claim);
  await expireLease();
  expect(await score(0)).toEqual({ did: 'scored', rows: 100 });
  if (stale === null) throw new Error('the chunk was not claimed');
  const rows = {
    ids: Array.from({ length: 100 }, (_, i) => `c${i}`),
    probabilities: new Float32Array(100),
    risks: Array.from({ length: 100 }, () => 'low' as const),
    eligible: Array.from({ length: 100 }, () => true),
  };
  await expect(writeChunk(context, stale, rows, () => 0)).rejects.toThrow(/in other hands/);
  expect(await countRunTable(context.pool, runId)).toBe(100);
  await writeChunk(
    context,
    stale,
    rows,
    () => 0,
    async () => true,
  );
  expect(await countRunTable(context.pool, runId)).toBe(200);
});
