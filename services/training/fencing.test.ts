import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, sampleProject, testFolder } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findRuns } from './queries/runs.ts';
import { NOW_MS, shopEvents } from './testing/shop.ts';
import { createWorld, type World } from './testing/world.ts';
import { takeTurn } from './train-run.ts';

let world: World;
let place: string;
/** Ends what a test left under way, so that one that failed does not take the next ones' runs. */
let ending: AbortController;
const turns: Promise<unknown>[] = [];
beforeAll(async () => {
  world = await createWorld(sampleProject(), shopEvents({ customers: 500, days: 240 }), NOW_MS);
});
afterAll(() => world.close());
beforeEach(() => {
  place = join(testFolder('held'), 'held');
  mkdirSync(place);
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await Promise.allSettled(turns.splice(0));
  await world.db.pool.query(
    `UPDATE training_run SET state = 'failed' WHERE state NOT IN ('succeeded', 'failed', 'cancelled')`,
  );
  rmSync(join(place, '..'), { recursive: true, force: true });
});

const program = (name: string) => join(import.meta.dirname, 'testing', name);
const go = () => writeFileSync(join(place, 'go'), '');
const turn = (options: Parameters<World['context']>[0]) => {
  const turned = takeTurn(world.context({ ...options, tempDir: place }), ending.signal);
  turns.push(turned);
  return turned;
};
const begun = () => readdirSync(place).find((file) => file.startsWith('began'));
const versionsOf = async (runId: string) =>
  (
    await world.db.pool.query<{ version: number }>(
      'SELECT version FROM model_version WHERE training_run_id = $1',
      [runId],
    )
  ).rows.length;
const runOf = async (runId: string) => (await findRuns(world.db.pool, world.ir.project, runId))[0];

/** Starts a run whose process waits, as one whose heartbeat is far too slow: like a frozen machine. */
async function startFrozen(reportMs: number) {
  const runId = await world.ask({ trees: 3 });
  const turned = turn({ trainingProcess: program('train-held.ts'), reportMs });
  await eventually(begun, { timeoutMs: 40_000 });
  return { runId, turned };
}
const expireLease = (runId: string) =>
  world.db.pool.query(`UPDATE training_run SET lease_until = now() - interval '1 s' WHERE run_id = $1`, [
    runId,
  ]);

describe('a trainer that lost its run', () => {
  test('registers nothing when it wakes after another has taken over', async () => {
    const { runId, turned } = await startFrozen(3_600_000);
    await expireLease(runId);
    const second = await turn({});
    expect(second).toMatchObject({ did: 'trained', runId });

    go();

    expect(await turned).toEqual({ did: 'fenced', runId });
    expect(await versionsOf(runId)).toBe(1);
    expect(await runOf(runId)).toMatchObject({ state: 'succeeded', error: null });
  });

  test('registers when nobody has: the same late wake without a second trainer', async () => {
    const { runId, turned } = await startFrozen(3_600_000);
    await expireLease(runId);
    go();
    expect(await turned).toMatchObject({ did: 'trained', runId });
    expect(await versionsOf(runId)).toBe(1);
  });

  test('stops its process as soon as its report is refused', async () => {
    const { runId, turned } = await startFrozen(20);
    await world.db.pool.query('UPDATE training_run SET attempt = attempt + 1 WHERE run_id = $1', [runId]);

    // Never let go: only the refused report can end it.
    expect(await turned).toEqual({ did: 'fenced', runId });
    const pid = Number(begun()?.split('-')[1]);
    await eventually(() => !isAlive(pid));
    expect(await versionsOf(runId)).toBe(0);
  });

  test('has the run to itself while it reports', async () => {
    const { runId, turned } = await startFrozen(20);
    expect(await turn({})).toEqual({ did: 'nothing' });
    go();
    expect(await turned).toMatchObject({ did: 'trained', runId });
  });
});

describe('a training process that dies', () => {
  test('is tried three times, then the run fails and says how it ended', async () => {
    const runId = await world.ask();
    const options = { trainingProcess: program('train-killed.ts') };

    expect(await turn(options)).toMatchObject({ did: 'retry', runId });
    expect(await runOf(runId)).toMatchObject({
      state: 'pending',
      error: { detail: expect.stringMatching(/It is tried again: that was try 1 of 3\.$/) },
    });
    expect(await turn(options)).toMatchObject({ did: 'retry', runId });
    expect(await turn(options)).toMatchObject({ did: 'fail', runId });

    expect(await runOf(runId)).toMatchObject({
      state: 'failed',
      error: {
        detail: expect.stringMatching(
          /^The training process ended with SIGKILL .*memory.* the last of 3 tries\. .* then train again\.$/,
        ),
      },
    });
    expect(await versionsOf(runId)).toBe(0);
    expect(await turn({})).toEqual({ did: 'nothing' });
  });

  test('gives the run back, whichever attempt it was, when the service is stopped', async () => {
    const runId = await world.ask({ trees: 3 });
    await world.db.pool.query('UPDATE training_run SET attempt = 2 WHERE run_id = $1', [runId]);
    const turned = turn({ trainingProcess: program('train-held.ts') });
    await eventually(begun);

    ending.abort();

    expect(await turned).toMatchObject({ did: 'retry', runId });
    expect(await runOf(runId)).toMatchObject({ state: 'pending' });
    ending = new AbortController();
    expect(await turn({})).toMatchObject({ did: 'trained', runId });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
