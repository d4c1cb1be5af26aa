import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, testFolder } from '@churn/testing';
import { afterAll, expect, test } from '@jest/globals';
import { howItEnded } from './how-it-ended.ts';
import { isAlive } from './process-table.ts';
import { spawnWatched } from './watched-process.ts';

const dir = testFolder('watched');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A server that does nothing, and the process ids of itself and of its watcher. */
async function start(name: string) {
  const logPath = join(dir, name);
  const watched = spawnWatched({
    command: '/bin/sh',
    args: ['-c', 'echo "$$ $PPID"; exec sleep 600'],
    cwd: dir,
    user: null,
    stopSignal: 'TERM',
    graceSeconds: 4,
    logPath,
  });
  await eventually(() => readFileSync(logPath, 'utf8').endsWith('\n'));
  const [server = 0, watcher = 0] = readFileSync(logPath, 'utf8').split(' ').map(Number);
  return { watched, server, watcher };
}

test('a server that is killed is told with the signal', async () => {
  const { watched, server } = await start('server');
  process.kill(server, 'SIGKILL');
  expect(howItEnded(await watched.exited)).toBe('was killed by SIGKILL');
});

test('a watcher that is killed, alone or with its server, is told with the signal, and leaves no server behind', async () => {
  const { watched, server, watcher } = await start('watcher');
  process.kill(watcher, 'SIGKILL');
  expect(howItEnded(await watched.exited)).toBe('was killed by SIGKILL');
  await eventually(() => !isAlive(server));
});

test('one that is stopped ends by the signal it is to be stopped by', async () => {
  const { watched, server } = await start('stopped');
  await watched.stop();
  expect(howItEnded(await watched.exited)).toBe('was killed by SIGTERM');
  expect(isAlive(server)).toBe(false);
});
