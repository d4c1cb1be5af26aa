import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let home: string;
let tmp: string;
let root: string;
beforeEach(() => {
  root = testFolder('telemetry');
  home = join(root, 'home');
  tmp = join(root, 'tmp');
  for (const folder of [home, tmp]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const SCORES = `
  import { saved, scored } from '${join(import.meta.dirname, 'testing/saved-model.ts')}';
  console.log(JSON.stringify(await scored(saved({ trees: [0], features: 1 }), [[1]])));`;

/** A process that scores one row, with nothing in its environment that speaks about telemetry. Returns what it left. */
function leftBy(program: readonly string[]): string[] {
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: tmp };
  const scored = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], {
    env,
    encoding: 'utf8',
  });
  expect(scored).toMatchObject({ status: 0, stderr: '' });
  const logs = readdirSync('/tmp').filter((name) => name === `mat-debug-${scored.pid}.log`);
  return [home, tmp].flatMap((folder) => readdirSync(folder, { recursive: true }).map(String)).concat(logs);
}

test('a process that scores leaves nothing in its home and among the temporary files: ONNX Runtime keeps no telemetry', () => {
  expect(leftBy(['--input-type=module', '--eval', SCORES])).toEqual([]);
});
