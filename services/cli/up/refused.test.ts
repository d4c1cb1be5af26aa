import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { freeUrls } from '../testing/ports.ts';
import { CDNOW, churn } from '../testing/run-churn.ts';
import { scratchState } from '../testing/up-process.ts';
import { openState } from './state.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test('a port that is taken costs one line: the port, who holds it and what to do; nothing is started', async () => {
  const env = await freeUrls();
  const port = Number(new URL(env.CHURN_BATCH_URL ?? '').port);
  const holder = createServer().listen(port, '127.0.0.1');
  ends.push(() => holder.close());
  const folder = scratchState();
  ends.push(folder.remove);
  const { code, stdout, stderr } = await churn(['up', CDNOW, '--once', '--state', folder.path], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    new RegExp(
      `^churn: port ${port} \\(batch\\) is taken by process ${process.pid}: .*CHURN_BATCH_URL\\.\\n$`,
    ),
  );
  expect(['postgres', 'redis', 'up.pid'].filter((name) => existsSync(join(folder.path, name)))).toEqual([]);
});

test.each([
  ['below a file', () => join(import.meta.filename, 'state')],
  ['where nothing can be made', () => '/proc/churn-state'],
])('a state folder %s is refused in one line', async (_where, folder) => {
  const path = folder();
  const { code, stdout, stderr } = await churn(['up', CDNOW, '--once', '--state', path], await freeUrls());
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^churn: The state folder .* cannot be written: .* --state <folder>\.\n$/);
  expect(stderr).toContain(path);
});

test('a disk that is as good as full is refused with what is left and what is needed', () => {
  const folder = scratchState();
  ends.push(folder.remove);
  expect(() => openState(folder.path, 1e12)).toThrow(/has \d+ MB left on its disk, and 1000000000000 MB/);
  expect(openState(folder.path, 0).dir).toBe(folder.path);
});

test('a pid file whose process is another program by now does not keep us out', async () => {
  const folder = scratchState();
  ends.push(folder.remove);
  writeFileSync(join(folder.path, 'up.pid'), `${process.pid}\n`);
  const env = {
    ...(await freeUrls()),
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    REDIS_URL: 'redis://127.0.0.1:9',
  };
  const { code, stderr } = await churn(['up', CDNOW, '--once', '--state', folder.path], env);
  expect(code).toBe(1);
  // It came as far as the first server, which is not there, and says so without a stack.
  expect(stderr).toMatch(/\nchurn: .*127\.0\.0\.1:9/);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(existsSync(join(folder.path, 'up.pid'))).toBe(false);
});

test.each([
  [
    'a database URL that is none',
    { DATABASE_URL: 'hello' },
    /DATABASE_URL: expected a URL such as postgres:/,
  ],
  ['a schedule that is none', { CHURN_BATCH_SCHEDULE: 'daily' }, /CHURN_BATCH_SCHEDULE: /],
  [
    'an XGBoost library that is not there',
    { XGBOOST_LIBRARY: '/nonexistent.so' },
    /XGBOOST_LIBRARY: there is no file \/nonexistent\.so\. Unset it .*libxgboost0/,
  ],
])('%s is refused before anything is started or made', async (_what, settings, says) => {
  const folder = scratchState();
  ends.push(folder.remove);
  const env = { ...(await freeUrls()), ...settings };
  const { code, stdout, stderr } = await churn(['up', CDNOW, '--once', '--state', folder.path], env);
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toMatch(says);
  expect(readdirSync(folder.path)).toEqual([]);
});

test.each(['REDIS_URL', 'QUEUE_REDIS_URL'])(
  'a Redis of %s that does not answer is named in the first step, and nothing is started',
  async (setting) => {
    const folder = scratchState();
    ends.push(folder.remove);
    const env = { ...(await freeUrls()), [setting]: 'redis://:secret@127.0.0.1:9' };
    const { code, stderr } = await churn(['up', CDNOW, '--once', '--state', folder.path], env);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `churn: Redis at redis://***@127.0.0.1:9 cannot be used (connect ECONNREFUSED 127.0.0.1:9). Check ${setting} and that the server runs.`,
    );
    expect(existsSync(join(folder.path, 'postgres'))).toBe(false);
  },
);
