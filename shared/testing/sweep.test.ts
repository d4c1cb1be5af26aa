import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { PREFIX, sweepAbandoned } from './sweep.ts';
import { testFolder } from './test-folder.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const made = (folder: string) => {
  folders.push(folder);
  mkdirSync(join(folder, 'inside'));
  return folder;
};

test('the next run removes the folders of processes that are gone; what may be in use stays', async () => {
  const ours = made(testFolder('sweep'));
  const left = made(testFolder('sweep'));
  const gone = left.replace(`-${process.pid}-`, `-${spawnSync(process.execPath, ['--version']).pid}-`);
  renameSync(left, gone);
  folders.push(gone);
  const nameless = made(mkdtempSync(join(tmpdir(), `${PREFIX}sweep-`)));
  const there = () => [ours, gone, nameless].map((folder) => existsSync(folder));

  await sweepAbandoned();
  expect(there()).toEqual([true, false, true]);
});
