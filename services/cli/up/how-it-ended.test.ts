import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis } from '@churn/embedded';
import { testFolder } from '@churn/testing';
import { afterAll, expect, test } from '@jest/globals';
import { howItEnded } from './how-it-ended.ts';
import { spawnService } from './spawn-service.ts';

const scratch = testFolder('ended');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (script: string) =>
  spawnService({
    args: ['-e', script],
    cwd: scratch,
    env: process.env,
    logPath: join(scratch, 'service.log'),
  });

test('a service that ends by itself is told with its exit code', async () => {
  expect(howItEnded(await run('process.exit(3)').exited)).toBe('ended with exit code 3');
});

test('a service and a server that are killed are told with the signal', async () => {
  const service = run('setInterval(() => {}, 1000)');
  process.kill(service.pid, 'SIGKILL');
  expect(howItEnded(await service.exited)).toBe('was killed by SIGKILL');
  const redis = await startRedis({ dir: join(scratch, 'redis'), aof: false });
  process.kill(redis.pid, 'SIGKILL');
  expect(howItEnded(await redis.exited)).toBe('was killed by SIGKILL');
});
