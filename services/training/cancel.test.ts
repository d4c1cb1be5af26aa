import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainingRun } from '@churn/contracts';
import { isAlive } from '@churn/embedded';
import { eventually, sampleProject, testFolder } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ContextOptions } from './context.ts';
import type { Service } from './service.ts';
import { NOW_MS, shopEvents } from './testing/shop.ts';
import { createWorld, type World } from './testing/world.ts';

const HELD = join(import.meta.dirname, 'testing/train-held.ts');
/** Slow machines take long to start a process. */
const PATIENT = { timeoutMs: 40_000 };

let world: World;
let place: string;
let service: Service;
beforeAll(async () => {
  world = await createWorld(sampleProject(), shopEvents({ customers: 500, days: 240 }), NOW_MS);
});
afterAll(() => world.close());
beforeEach(() => {
  place = join(testFolder('cancel'), 'held');
  mkdirSync(place);
});
afterEach(async () => {
  await service.close();
  rmSync(join(place, '..'), { recursive: true, force: true });
});

/** A service whose training processes wait for the file `go`. */
const start = async (options: ContextOptions = {}) => {
  service = await world.start({ trainingProcess: HELD, tempDir: place, reportMs: 20, ...options });
};
const begun = () =>
  Number(
    readdirSync(place)
      .find((file) => file.startsWith('began-'))
      ?.split('-')[1] ?? 0,
  ) || null;
const registered = async (runId: string) =>
  (await world.db.pool.query('SELECT FROM model_version WHERE training_run_id = $1', [runId])).rowCount;

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(service.url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: await response.json() };
}
const cancel = (runId: string) => call('POST', `/training-runs/${runId}/cancel`);
const stateOf = async (runId: string) =>
  trainingRun.parse((await call('GET', `/training-runs/${runId}`)).body).state;

describe('a training run that is cancelled', () => {
  test('in the middle of its training ends with its process, registers nothing and is in the audit log', async () => {
    const runId = await world.ask({ trees: 3 });
    await start();
    const pid = await eventually(begun, PATIENT);

    expect(await cancel(runId)).toMatchObject({
      status: 200,
      body: { run_id: runId, state: 'cancelled', result: null },
    });

    await eventually(() => !isAlive(pid), PATIENT);
    expect(await registered(runId)).toBe(0);
    const audited = await world.db.pool.query('SELECT actor, action FROM audit_log WHERE subject = $1', [
      runId,
    ]);
    expect(audited.rows).toEqual([{ actor: 'embedded', action: 'training.cancel' }]);
    await eventually(async () =>
      /^training_runs_total\{outcome="cancelled",service="training"\} 1/m.test(
        await (await fetch(`${service.url}/metrics`)).text(),
      ),
    );
  });

  test('twice is cancelled once', async () => {
    const runId = await world.ask({ trees: 3 });
    await start();
    await eventually(begun, PATIENT);
    const first = await cancel(runId);
    expect(await cancel(runId)).toEqual(first);
    const audited = await world.db.pool.query('SELECT FROM audit_log WHERE subject = $1', [runId]);
    expect(audited.rowCount).toBe(1);
  });

  test('while it waits for its turn is never begun, and the next one has it', async () => {
    const [running, waiting, next] = [
      await world.ask({ trees: 3 }),
      await world.ask({ trees: 3 }),
      await world.ask({ trees: 3 }),
    ];
    await start();
    await eventually(begun, PATIENT);
    expect(await cancel(waiting)).toMatchObject({ status: 200 });
    writeFileSync(join(place, 'go'), '');
    await eventually(async () => (await stateOf(next)) === 'succeeded', PATIENT);
    expect(await stateOf(running)).toBe('succeeded');
    expect(await stateOf(waiting)).toBe('cancelled');
  });

  test('although its trainer cannot hear of it registers nothing when the training is done', async () => {
    const runId = await world.ask({ trees: 3 });
    await start({ reportMs: 3_600_000 });
    await eventually(begun, PATIENT);
    expect(await cancel(runId)).toMatchObject({ status: 200 });
    writeFileSync(join(place, 'go'), '');
    await eventually(
      async () =>
        /outcome="cancelled",service="training"\} 1/.test(
          await (await fetch(`${service.url}/metrics`)).text(),
        ),
      PATIENT,
    );
    expect(await registered(runId)).toBe(0);
    expect(await stateOf(runId)).toBe('cancelled');
  });
});

describe('to cancel is refused', () => {
  test('for a run that has just ended, which keeps its version', async () => {
    writeFileSync(join(place, 'go'), '');
    const runId = await world.ask({ trees: 3 });
    await start();
    await eventually(async () => (await stateOf(runId)) === 'succeeded', PATIENT);
    expect(await cancel(runId)).toMatchObject({
      status: 409,
      body: {
        detail: expect.stringMatching(
          /cannot be cancelled any more: it succeeded, and registered churn version \d+/,
        ),
      },
    });
    expect(await registered(runId)).toBe(1);
    expect(await stateOf(runId)).toBe('succeeded');
  });

  test('for a run that is not there', async () => {
    await start();
    expect(await cancel('7c0f6d1e-0000-4000-8000-000000000000')).toMatchObject({ status: 404 });
  });
});
