import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '@churn/embedded';
import { eventually, testFolder } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let place: string;
let parent: ChildProcess | undefined;
beforeEach(() => {
  place = testFolder('orphan');
});
afterEach(() => {
  parent?.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

test('a training process in the middle of a call that blocks it ends when its service is killed by SIGKILL', async () => {
  parent = spawn(process.execPath, [join(import.meta.dirname, 'testing/parent.ts'), place], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const begun = () => readdirSync(place).find((file) => file.startsWith('began-'));
  const child = Number((await eventually(begun, { timeoutMs: 40_000 })).split('-')[1]);
  expect(isAlive(child)).toBe(true);

  parent.kill('SIGKILL');

  try {
    await eventually(() => !isAlive(child));
  } catch (error) {
    process.kill(child, 'SIGKILL');
    throw error;
  }
});
