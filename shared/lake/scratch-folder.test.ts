import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openDuck } from './duck.ts';
import { scratchFolder } from './scratch-folder.ts';

const service = `test-${randomUUID()}`;
const folder = scratchFolder(service);
/** Linux and macOS give no process this number. */
const NOBODY = 2 ** 22 + 1;

afterAll(() => rmSync(folder, { recursive: true }));

test('each user has a folder that only they can enter', () => {
  expect(folder).toContain(`-${process.getuid?.()}`);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('what a killed process left is removed, what a running one spills stays', async () => {
  const left = join(folder, `duck-${NOBODY}-${randomUUID()}`);
  const other = join(folder, 'notes');
  mkdirSync(left);
  mkdirSync(other);
  const duck = await openDuck({ tempDir: folder });
  const ours = await duck.rows<{ path: string }>("SELECT current_setting('temp_directory') AS path");
  scratchFolder(service);
  expect(existsSync(left)).toBe(false);
  expect(existsSync(other)).toBe(true);
  expect(existsSync(ours[0]?.path ?? '')).toBe(true);
  await duck.close();
});
