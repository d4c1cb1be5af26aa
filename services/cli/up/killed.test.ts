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

/** Two trainings at once on a small machine take minutes instead of seconds. */
const LIMIT_MS = 170_000;

test.each(STEPS)(
  'killed at "%s", the next start comes to the same end at once',
  async (step) => {
    const state = scratchState();
    const env = await freeUrls();
    const up: UpProcess = startUp(state.path, env);
    ends.push(() => up.kill(), state.remove);
    await up.reached(step);
    up.kill();
    await up.exited;
    // While what it left may still be ending.
    const next = await churnJson(['up', CDNOW, '--once', '--state', state.path], env, LIMIT_MS);
    expect(next.code).toBe(0);
    expect(next.value).toMatchObject({
      model: { version: 1 },
      run: { state: 'succeeded', customers: 23_570, high_risk: 1_623 },
    });
  },
  LIMIT_MS + 30_000,
);

test('killed during training, all that it started ends by itself: servers, services and the training process', async () => {
  const state = scratchState();
  const up = startUp(state.path, await freeUrls());
  ends.push(() => up.kill(), state.remove);
  await up.reached('STARTED] Train');
  await eventually(() => up.leftovers().some((line) => line.includes('training/child/main.ts')));
  expect(up.leftovers().join('\n')).toContain('postgres');
  expect(up.leftovers().join('\n')).toContain('redis-server');
  up.kill();
  await up.exited;
  // No next start: that would end them itself.
  await eventually(() => up.leftovers().length === 0, { timeoutMs: 15_000 }).catch(() => undefined);
  expect(up.leftovers()).toEqual([]);
});
