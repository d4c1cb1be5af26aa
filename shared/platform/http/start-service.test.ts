import { createTestDatabase, type TestDatabase } from '@churn/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Closer } from '../lifecycle.ts';
import { createMetrics } from '../metrics.ts';
import { createPool } from '../postgres.ts';
import { capturedLog } from '../testing/captured-log.ts';
import { type Child, runChild } from '../testing/child.ts';
import { OPEN } from '../testing/test-app.ts';
import { startService } from './start-service.ts';

let database: TestDatabase;
let child: Child | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  child?.process.kill('SIGKILL');
  await child?.ended;
});
afterAll(() => database.drop());

function context(port = 0) {
  const { log, lines } = capturedLog();
  const closer = new Closer(log);
  const pool = createPool(database.url, { applicationName: 'test' });
  closer.add('pool', () => pool.end());
  const config = { HOST: '127.0.0.1', PORT: port };
  return { config, log, lines, pool, metrics: createMetrics('test'), auth: OPEN, closer };
}

test('a service is up where its settings say, and ready while Postgres answers', async () => {
  const {
    url,
    context: its,
    close,
  } = await startService({ name: 'test', port: 1 }, context(), () => ({
    routes: [],
  }));
  const ready = await fetch(`${url}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks: { postgres: 'ok' } }]);
  expect(its.lines).toContainEqual(expect.objectContaining({ message: 'test is up', url }));
  await its.pool.end();
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  await close();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('what was begun is closed when the rest of the start fails', async () => {
  const its = context();
  const failing = startService({ name: 'test', port: 1 }, its, () => Promise.reject(new Error('no lake')));
  await expect(failing).rejects.toThrow('no lake');
  expect(its.pool.ended).toBe(true);
  const first = await startService({ name: 'test', port: 1 }, context(), () => ({ routes: [] }));
  const second = context(Number(new URL(first.url).port));
  await expect(startService({ name: 'test', port: 1 }, second, () => ({ routes: [] }))).rejects.toThrow(
    'is taken by another process',
  );
  expect(second.pool.ended).toBe(true);
  await first.close();
});

test('on SIGTERM the process takes no more, answers what is under way, then closes the rest and ends with 0', async () => {
  child = runChild(`
    import { Closer, runService } from 'PLATFORM/lifecycle.ts';
    import { createLogger } from 'PLATFORM/log.ts';
    import { createMetrics } from 'PLATFORM/metrics.ts';
    import { defineRoute } from 'PLATFORM/http/route.ts';
    import { startService } from 'PLATFORM/http/start-service.ts';
    const log = createLogger('test', 'error');
    const closer = new Closer(log);
    closer.add('pool', () => process.stdout.write('pool closed'));
    const metrics = createMetrics('test');
    const route = defineRoute({
      method: 'get', path: '/slow', summary: '', role: 'public', responses: {},
      handler: async () => {
        const answered = new Promise((resolve) => process.once('message', resolve));
        process.send('begun');
        return { body: await answered };
      },
    });
    const context = { config: { HOST: '127.0.0.1', PORT: 0 }, log, metrics, closer };
    await runService('test', async () => {
      const service = await startService({ name: 'test', port: 1 }, context, () => ({ routes: [route] }));
      process.send(service.url);
      return service;
    });`);
  const url = String(await child.message());
  const begun = child.message();
  const slow = fetch(`${url}/slow`);
  await begun;
  child.process.kill('SIGTERM');
  await refuses(url);
  expect(child.stdout()).toBe('');
  child.process.send('answered');
  expect(await (await slow).text()).toBe('answered');
  expect(await child.ended).toBe(0);
  expect([child.stdout(), child.stderr()]).toEqual(['pool closed', '']);
});

async function refuses(url: string): Promise<void> {
  for (;;) {
    const refused = await fetch(`${url}/health/live`).then(
      (answer) => answer.text().then(() => false),
      () => true,
    );
    if (refused) return;
  }
}
