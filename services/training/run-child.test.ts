import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runChild } from './run-child.ts';
import { jobIn } from './testing/job.ts';

let place: string;
beforeEach(() => {
  place = testFolder('words');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

test('what came of a training is heard although the service was busy and its process had much to say', async () => {
  const program = join(import.meta.dirname, 'testing/train-talkative.ts');
  const trained = runChild(program, jobIn(join(place, 'work')), () => {}, new AbortController().signal);
  // Busy: nothing is read before all is said.
  while (!existsSync(join(place, 'said')));
  await expect(trained).rejects.toThrow('the last words');
});
