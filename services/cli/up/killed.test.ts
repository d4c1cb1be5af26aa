import { eventually } from '@churn/testing';
import { afterEach, expect, test } from '@jest/globals';
import { freeUrls } from '../testing/ports.ts';
import { CDNOW, churnJson } from '../testing/run-churn.ts';
import { scratchState, startUp, type UpProcess } from '../testing/up-process.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const STEPS = [
  'Start PostgreSQL and Redis',
  'Start the services',
  'Import the events',
  'Train',
  'Score all customers',
  'Serving.',
];

test.each(STEPS)(
  'killed at "%s" it leaves nothing running, and the next start comes to the same end',
  async (step) => {
    const state = scratchState();
    const env = await freeUrls();
    const up: UpProcess = startUp(state.path, env);
    ends.push(() => up.kill(), state.remove);
    await up.reached(step);
    up.kill();
    await up.exited;
    // At once, while what it left may still be ending.
    const next = await churnJson(['up', CDNOW, '--once', '--state', state.path], env);
    expect(next.code).toBe(0);
    expect(next.value).toMatchObject({
      model: { version: 1 },
      run: { state: 'succeeded', customers: 23_570, high_risk: 1_731 },
    });
    await eventually(() => up.leftovers().length === 0, { timeoutMs: 15_000 });
  },
);
