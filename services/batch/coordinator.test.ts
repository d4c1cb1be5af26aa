import { createTestDatabase, eventually } from '@churn/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { scoreChunk } from './chunks/score-chunk.ts';
import { loadBatchConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { type Turn, takeTurn } from './coordinator.ts';
import { resumeRun } from './queries/resume-run.ts';
import type { Service } from './service.ts';
import { insertRunToday, runEnded } from './testing/runs.ts';
import { tally } from './testing/tally.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  world = await createWorld({ customers: 600, chunkRows: 100 });
});
afterAll(() => world.close());
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
  await world.db.pool.query(
    `UPDATE batch_run SET state = 'failed', finished_at = now() WHERE finished_at IS NULL`,
  );
});

async function context(options: ContextOptions = {}, env: Record<string, string> = {}): Promise<Context> {
  const made = await createContext(loadBatchConfig({ ...world.env, ...env }), {
    now: () => world.nowMs,
    ...options,
  });
  open.push({ close: () => made.closer.close() });
  return made;
}

async function service(options: ContextOptions = {}): Promise<Service> {
  const started = await world.start(options);
  open.push(started);
  return started;
}

/** Turns until one says so, without a queue: chunks are scored here. */
async function turnsUntil(at: Context, runId: string, until: (turn: Turn) => boolean): Promise<Turn> {
  for (let i = 0; i < 40; i++) {
    const turn = await takeTurn(at);
    if (until(turn)) return turn;
    if (turn.did === 'wait')
      for (let chunkId = 0; chunkId < 6; chunkId++) await scoreChunk(at, { runId, chunkId });
    await at.pool.query(`UPDATE batch_run SET next_turn_at = now() WHERE finished_at IS NULL`);
  }
  throw new Error('it never came to that turn');
}

const expectWhole = async () =>
  expect(await tally(world.db.pool, 'shop', '2026-03-05')).toMatchObject({ rows: 600, distinct: 600 });

describe('the queue', () => {
  test('may be emptied in the middle of a run', async () => {
    let scored = 0;
    const flushed = Promise.withResolvers<void>();
    const hooks = {
      async at(point: string) {
        if (point !== 'claimed' || ++scored !== 2) return;
        await world.redis.flush();
        flushed.resolve();
      },
    };
    const { context: at } = await service({ hooks, limits: { requeueMs: 300, lookMs: 100 } });
    const runId = await insertRunToday(at.pool, world);
    await flushed.promise;
    expect(await runEnded(at.pool, world, runId)).toMatchObject({ state: 'succeeded', customers: 600 });
    await expectWhole();
  });

  test('may be away when the run starts: the run waits and says so', async () => {
    await world.redis.stop();
    const { context: at } = await service({ limits: { requeueMs: 300, lookMs: 100, backoffFirstMs: 50 } });
    const runId = await insertRunToday(at.pool, world);
    await eventually(
      async () => {
        const { rows } = await at.pool.query('SELECT step FROM batch_run WHERE run_id = $1', [runId]);
        return /did not answer/.test(rows[0].step);
      },
      { timeoutMs: 15_000 },
    );
    await world.redis.start();
    expect(await runEnded(at.pool, world, runId)).toMatchObject({ state: 'succeeded' });
    await expectWhole();
  }, 90_000);
});

describe('coordinators', () => {
  test('of two processes share one run, and each step is done by one', async () => {
    const [one, two] = [await service(), await service()];
    const runId = await insertRunToday(one.context.pool, world);
    expect(await runEnded(two.context.pool, world, runId)).toMatchObject({
      state: 'succeeded',
      customers: 600,
    });
    await expectWhole();
  });

  test('that lost their lease cannot move the run', async () => {
    const other = await context();
    const at = await context({
      hooks: {
        async at(point) {
          if (point !== 'frozen') return;
          await other.pool.query(
            `UPDATE batch_run SET lease_until = now() - interval '1 s' WHERE finished_at IS NULL`,
          );
          expect(await takeTurn(other)).toMatchObject({ did: 'advance', to: 'snapshotting' });
        },
      },
    });
    await insertRunToday(at.pool, world);
    expect(await takeTurn(at)).toMatchObject({ did: 'fenced' });
    const { rows } = await at.pool.query('SELECT state, attempts FROM batch_run WHERE finished_at IS NULL');
    expect(rows).toEqual([{ state: 'snapshotting', attempts: 0 }]);
  });
});

describe('a failure', () => {
  test('of a chunk is told of while the run tries again, and forgotten when it is resumed', async () => {
    let cause = 'the disk is full';
    const at = await context({
      limits: { backoffFirstMs: 60_000, backoffMaxMs: 60_000 },
      hooks: {
        async at(point) {
          if (point === 'claimed') throw new Error(cause);
        },
      },
    });
    const step = async () =>
      (await at.pool.query('SELECT step FROM batch_run WHERE run_id = $1', [runId])).rows[0]?.step;
    const look = async () => {
      await at.pool.query('UPDATE batch_run SET next_turn_at = now() WHERE run_id = $1', [runId]);
      expect(await takeTurn(at)).toMatchObject({ did: 'wait' });
      return step();
    };
    const runId = await insertRunToday(at.pool, world);
    await turnsUntil(at, runId, (turn) => turn.did === 'wait');
    expect(await step()).toBe('scoring');
    await scoreChunk(at, { runId, chunkId: 0 });
    cause = 'the model is damaged';
    await scoreChunk(at, { runId, chunkId: 1 });
    expect(await look()).toBe(
      'scoring: 2 of 6 chunks failed and are tried again (try 1 of 6); the newest error: the model is damaged',
    );
    await at.pool.query(`UPDATE batch_run SET state = 'failed', failed_in = 'scoring' WHERE run_id = $1`, [
      runId,
    ]);
    expect(await resumeRun(at.pool, 'shop', runId)).toEqual({ did: 'resumed' });
    expect(await look()).toBe('scoring');
  });

  test('of a step is tried again, then fails the run with its error, which can be resumed', async () => {
    let broken = true;
    const at = await context({
      limits: { backoffFirstMs: 1, stepAttempts: 3 },
      hooks: {
        async at(point) {
          if (broken && point === 'snapshot') throw new Error('the disk is full');
        },
      },
    });
    const runId = await insertRunToday(at.pool, world);
    const failed = await turnsUntil(at, runId, (turn) => turn.did === 'fail');
    expect(failed).toMatchObject({ did: 'fail', error: 'the disk is full' });
    expect(await runEnded(at.pool, world, runId)).toMatchObject({
      state: 'failed',
      error: {
        detail: expect.stringContaining('It failed while snapshotting: the disk is full. Mend the cause'),
      },
    });
    broken = false;
    expect(await resumeRun(at.pool, 'shop', runId)).toEqual({ did: 'resumed' });
    await turnsUntil(at, runId, (turn) => turn.did === 'advance' && turn.to === 'succeeded');
    await expectWhole();
  });

  test('of a chunk, again and again, fails the run and names the error', async () => {
    const at = await context({
      limits: { chunkAttempts: 2, backoffFirstMs: 1 },
      hooks: {
        async at(point, work) {
          if (point === 'scored' && work.chunkId === 3) throw new Error('row 17 is not a number');
        },
      },
    });
    const runId = await insertRunToday(at.pool, world);
    const failed = await turnsUntil(at, runId, (turn) => turn.did === 'fail');
    expect(failed).toMatchObject({
      error: expect.stringContaining('1 of 6 chunks failed 2 times; the last error: row 17'),
    });
  });

  test('of coordinators that die in the same step ends the run', async () => {
    const at = await context({ limits: { stepAttempts: 3 } });
    const runId = await insertRunToday(at.pool, world);
    await at.pool.query(
      `UPDATE batch_run SET attempts = 2, lease_until = now() - interval '1 s' WHERE run_id = $1`,
      [runId],
    );
    expect(await takeTurn(at)).toMatchObject({
      did: 'fail',
      error: expect.stringContaining('3 coordinators in a row'),
    });
  });
});

describe('the CRM', () => {
  test('may have a database of its own', async () => {
    const crm = await createTestDatabase();
    const at = await context({}, { CRM_DATABASE_URL: crm.url });
    const runId = await insertRunToday(at.pool, world);
    await turnsUntil(at, runId, (turn) => turn.did === 'advance' && turn.to === 'succeeded');
    const { rows } = await crm.pool.query('SELECT count(*)::int AS n FROM high_churn_risk_customers');
    const { high } = await tally(world.db.pool, 'shop', '2026-03-05');
    expect(rows).toEqual([{ n: high }]);
    expect(high).toBeGreaterThan(0);
    for (const part of open.splice(0)) await part.close();
    await crm.drop();
  });

  test('may be away: the predictions stand, the export is tried a bounded number of times, and the run says so', async () => {
    const at = await context(
      { limits: { exportAttempts: 3, backoffFirstMs: 1 } },
      { CRM_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/crm' },
    );
    const runId = await insertRunToday(at.pool, world);
    const retry = await turnsUntil(at, runId, (turn) => turn.did === 'retry');
    expect(retry).toMatchObject({ error: expect.stringContaining('ECONNREFUSED') });
    await expectWhole();
    await turnsUntil(at, runId, (turn) => turn.did === 'fail');
    expect(await runEnded(at.pool, world, runId)).toMatchObject({
      state: 'failed',
      exported_at: null,
      error: {
        detail: expect.stringContaining(
          'The predictions are in churn_predictions, but the export to the CRM failed',
        ),
      },
    });
  });
});
