import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createPool } from '@churn/platform';
import { eventually, testFolder } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort, isAlive, isPortFree, startPostgres, startRedis } from './index.ts';

let dir: string;
beforeEach(() => {
  dir = testFolder('embedded');
  chmodSync(dir, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('PostgreSQL', () => {
  test('keeps its data, port and password from one start to the next', async () => {
    const first = await startPostgres({ dir: join(dir, 'pg'), durable: false });
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await startPostgres({ dir: join(dir, 'pg'), durable: false });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  test('takes another port when its own is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const server = await startPostgres({ dir: join(dir, 'pg'), port, durable: false });
    expect(server.port).not.toBe(port);
    await server.stop();
    taken.close();
  });

  test('refuses a wrong password', async () => {
    const server = await startPostgres({ dir: join(dir, 'pg'), durable: false });
    const url = new URL(server.url);
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await server.stop();
  });

  test('is ended, and its data kept, when its owner is killed; the next start finds no trace of it', async () => {
    const owner = ownerOf('startPostgres', { dir: join(dir, 'pg'), durable: false });
    const { pid, url } = await owner.server;
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    owner.process.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
    const again = await startPostgres({ dir: join(dir, 'pg'), durable: false });
    expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await again.stop();
  });

  test('is refused to a second owner while the first one lives', async () => {
    const owner = ownerOf('startPostgres', { dir: join(dir, 'pg'), durable: false });
    await owner.server;
    await expect(startPostgres({ dir: join(dir, 'pg') })).rejects.toThrow(
      `belongs to process ${owner.process.pid}`,
    );
    owner.process.kill('SIGKILL');
    await owner.gone;
  });

  test('leaves no folder behind when it was made for a test', async () => {
    mkdirSync(join(dir, 'gone'));
    const server = await startPostgres({ dir: join(dir, 'gone'), durable: false, removeOnStop: true });
    await server.stop();
    expect(existsSync(join(dir, 'gone', 'data'))).toBe(false);
  });
});

describe('Redis', () => {
  test('says when it ends by itself', async () => {
    const server = await startRedis({ dir: join(dir, 'redis'), aof: false });
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toBe(137);
    await server.stop();
  });

  test('is ended when its owner is killed', async () => {
    const owner = ownerOf('startRedis', { dir: join(dir, 'redis'), aof: false });
    const { pid } = await owner.server;
    owner.process.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
  });
});

test('a port is free until someone listens on it', async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  server.close();
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool(url, { applicationName: 'embedded-test', max: 1 });
  try {
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

/** A process that starts a server and then only lives, so that it can be killed. */
function ownerOf(start: 'startPostgres' | 'startRedis', options: object) {
  const script = `
    import { ${start} } from '${join(import.meta.dirname, 'index.ts')}';
    const { pid, url } = await ${start}(${JSON.stringify(options)});
    console.log(JSON.stringify({ pid, url }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const server = once(child.stdout, 'data').then(
    ([line]) => JSON.parse(String(line)) as { pid: number; url: string },
  );
  return { process: child, server, gone: once(child, 'exit') };
}
