import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { howItEnded } from '@churn/embedded';
import { testFolder } from '@churn/testing';
import { afterAll, expect, test } from '@jest/globals';
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

test('a service that is killed is told with the signal', async () => {
  const service = run('setInterval(() => {}, 1000)');
  process.kill(service.pid, 'SIGKILL');
  expect(howItEnded(await service.exited)).toBe('was killed by SIGKILL');
});
