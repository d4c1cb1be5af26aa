import { eventually } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { takeTurn } from './check-run.ts';
import { type Context, createContext } from './context.ts';
import { addChecks, claimCheck } from './queries/claim-check.ts';
import { requestCheck } from './queries/request-check.ts';
import { checkEnded, finishBatchRun } from './testing/batch-runs.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let contexts: Context[];

beforeEach(async () => {
  world = await createWorld();
  contexts = await Promise.all([createContext(world.config), createContext(world.config)]);
});
afterEach(async () => {
  for (const context of contexts) await context.closer.close();
  await world.close();
});

const checks = async () => {
  const { rows } = await world.db.pool.query<{ state: string; attempts: number; results: number }>(
    `SELECT state, attempts, (SELECT count(*)::int FROM drift_result r WHERE r.drift_run_id = d.drift_run_id) AS results FROM drift_run d`,
  );
  return rows;
};
/** Makes checks fail in a way that may pass. */
const hideScores = () => world.db.pool.query('ALTER TABLE churn_predictions RENAME TO hidden');
const expireLease = () => world.db.pool.query('UPDATE drift_run SET lease_until = now()');
const COLUMNS = 8;

/** Holds every check back where it reads the scores, until released. */
async function holdScores() {
  const client = await world.db.pool.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE churn_predictions IN ACCESS EXCLUSIVE MODE');
  return {
    waiting: (count: number) =>
      eventually(async () => {
        const { rows } = await client.query<{ pid: number }>(
          `SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'churn_predictions'::regclass`,
        );
        return rows.length === count ? rows.map(({ pid }) => pid) : null;
      }),
    async release() {
      await client.query('COMMIT');
      client.release();
    },
  };
}

describe('two monitoring processes', () => {
  it('do one check of a batch run', async () => {
    const batchRunId = await finishBatchRun(world);
    const turns = await Promise.all(contexts.map((context) => takeTurn(context)));
    expect(turns.map(({ did }) => did).sort()).toEqual(['checked', 'nothing']);
    expect(turns).toContainEqual({ did: 'checked', batchRunId, drifted: 3 });
    expect(await checks()).toEqual([{ state: 'succeeded', attempts: 1, results: COLUMNS }]);
    for (const context of contexts) expect(await takeTurn(context)).toEqual({ did: 'nothing' });
  });

  it('the second takes over when the first died, and the first may not write when it lives after all', async () => {
    await finishBatchRun(world);
    const [first, second] = contexts;
    const scores = await holdScores();
    const stale = takeTurn(first!);
    await scores.waiting(1);
    // Before its lease ends nobody takes its check.
    expect(await takeTurn(second!)).toEqual({ did: 'nothing' });
    await expireLease();
    const fresh = takeTurn(second!);
    await scores.waiting(2);
    await scores.release();
    expect((await Promise.all([stale, fresh])).map(({ did }) => did)).toEqual(['fenced', 'checked']);
    expect(await checks()).toEqual([{ state: 'succeeded', attempts: 2, results: COLUMNS }]);
  });

  it('a check that fails is tried three times in all, and as often when it is asked for again', async () => {
    const batchRunId = await finishBatchRun(world);
    const [context] = contexts;
    await hideScores();
    const outcomes = async () => {
      const did: string[] = [];
      for (let turn = 0; turn < 4; turn++) {
        did.push((await takeTurn(context!)).did);
        await expireLease();
      }
      return did;
    };
    expect(await outcomes()).toEqual(['retry', 'retry', 'fail', 'nothing']);
    await requestCheck(world.db.pool, world.projectId, batchRunId);
    expect(await outcomes()).toEqual(['retry', 'retry', 'fail', 'nothing']);
  });

  it('a check that every process dies of ends, and says so', async () => {
    const batchRunId = await finishBatchRun(world);
    await addChecks(world.db.pool);
    for (let died = 0; died < 3; died++) {
      expect(await claimCheck(world.db.pool, 60_000)).toMatchObject({ batchRunId, tries: died + 1 });
      await expireLease();
    }
    expect(await takeTurn(contexts[0]!)).toEqual({
      did: 'fail',
      batchRunId,
      error: expect.stringMatching(/^3 processes in a row ended during this check .* ask for it again\.$/),
    });
    expect(await takeTurn(contexts[0]!)).toEqual({ did: 'nothing' });
    await requestCheck(world.db.pool, world.projectId, batchRunId);
    expect((await takeTurn(contexts[0]!)).did).toBe('checked');
  });

  it('one whose lease ended may write when nobody took over: it is the takeover that fences', async () => {
    await finishBatchRun(world);
    const scores = await holdScores();
    const late = takeTurn(contexts[0]!);
    await scores.waiting(1);
    await expireLease();
    await scores.release();
    expect((await late).did).toBe('checked');
  });

  it('a stale one that fails leaves no mark on the check of the other', async () => {
    await finishBatchRun(world);
    const [first, second] = contexts;
    const scores = await holdScores();
    const stale = takeTurn(first!);
    const [pid] = await scores.waiting(1);
    await expireLease();
    const fresh = takeTurn(second!);
    await scores.waiting(2);
    await world.db.pool.query('SELECT pg_terminate_backend($1)', [pid]);
    expect(await stale).toMatchObject({ did: 'retry', error: expect.stringContaining('terminating') });
    const { rows } = await world.db.pool.query('SELECT error FROM drift_run');
    expect(rows).toEqual([{ error: null }]);
    await scores.release();
    expect((await fresh).did).toBe('checked');
  });

  it('show the same drift, whichever did the check, and again after a restart', async () => {
    const services = [await world.start(), await world.start()];
    const shown = (url: string) =>
      eventually(async () => {
        const { text } = await request(url).get('/metrics');
        return /^drift_psi\{.*\n/m.test(text) ? text.match(/^drift_(?!check).*\{.*project.*$/gm) : null;
      });
    await checkEnded(world, await finishBatchRun(world));
    const [one, other] = await Promise.all(services.map(({ url }) => shown(url)));
    expect(one).toEqual(other);
    for (const service of services) await service.close();

    const restarted = await world.start();
    const { text } = await request(restarted.url).get('/metrics');
    expect(text.match(/^drift_(?!check).*\{.*project.*$/gm)).toEqual(one);
    await restarted.close();
  });
});
