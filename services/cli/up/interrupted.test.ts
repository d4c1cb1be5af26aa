import { eventually } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freeUrls } from '../testing/ports.ts';
import { CDNOW, churn } from '../testing/run-churn.ts';
import { scratchState, startUp, type UpProcess } from '../testing/up-process.ts';

const state = scratchState();
let env: Record<string, string>;
let up: UpProcess;

beforeAll(async () => {
  env = await freeUrls();
});
afterAll(() => {
  up.kill();
  state.remove();
});

async function begin(until: string): Promise<void> {
  up = startUp(state.path, env);
  await up.reached(until);
  // The control for what follows: these processes are seen while they run.
  await eventually(() => up.leftovers().some((line) => line.includes('services/inference/main.ts')));
  expect(up.leftovers().join('\n')).toMatch(/postgres/);
}

async function endsWith(code: number): Promise<void> {
  const asked = performance.now();
  expect(await up.exited).toBe(code);
  expect(up.leftovers()).toEqual([]);
  // The bound that was promised, not a measurement: each stage has a kill behind its grace time.
  expect(performance.now() - asked).toBeLessThan(10_000);
}

// Before the story below: it goes on from what this leaves, too.
test('Ctrl-C while the database is being made is told as such, not as a fault of initdb', async () => {
  up = startUp(state.path, env);
  await eventually(() => up.leftovers().some((line) => line.includes('bin/initdb')));
  up.interrupt();
  await endsWith(130);
  expect(up.output()).toMatch(/SIGINT, stopping everything\n.*\nchurn: SIGINT came before [^\n]*\n$/s);
  expect(up.output()).not.toMatch(/initdb could not|[Mm]igration \d+ failed/);
});

// One story: each start goes on from the state that the one before it left.
test('Ctrl-C ends every process during the import, during training and while serving; a next start goes on', async () => {
  await begin('STARTED] Import the events');
  up.interrupt();
  await endsWith(130);

  await begin('STARTED] Train');
  await eventually(() => up.leftovers().some((line) => line.includes('training/child/main.ts')));
  up.interrupt();
  await endsWith(130);

  await begin('Serving.');
  const second = await churn(['up', CDNOW, '--once', '--state', state.path], env);
  expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' });
  expect(second.stderr).toMatch(
    new RegExp(`^churn: churn up already runs with ${state.path}, as process ${up.pid}\\. .*\\n$`),
  );
  expect(up.output()).toMatch(/23,570 scored/);
  up.interrupt();
  await endsWith(0);
});
