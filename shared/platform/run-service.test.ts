import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Child, runChild } from './testing/child.ts';

let child: Child | undefined;
afterEach(async () => {
  child?.process.kill('SIGKILL');
  await child?.ended;
});

/** A service that says when it is up; `close` is the body of its close(), `more` what else it has. */
function service(close: string, env: NodeJS.ProcessEnv = {}, more = ''): Child {
  child = runChild(
    `
    import { mock } from 'node:test';
    import { runService } from 'PLATFORM/lifecycle.ts';
    mock.timers.enable({ apis: ['setTimeout'] });
    process.on('message', (ms) => { mock.timers.tick(ms); process.send(ms + ' ms later'); });
    await runService('orders', async () => ({ async close() { ${close} }, ${more} }));
    process.send('up');`,
    env,
  );
  return child;
}

/** A service whose start is this. */
function starting(start: string): Child {
  child = runChild(`
    import { runService } from 'PLATFORM/lifecycle.ts';
    import { ConfigError } from 'PLATFORM/config.ts';
    await runService('orders', async () => { ${start} });
    process.send('up');`);
  return child;
}

describe('a service process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('closes once on %s, and ends with 0', async (signal) => {
    const { process, message, ended, stdout } = service(`
      process.stdout.write('closed ');
      process.send('closing');
      await new Promise((resolve) => process.once('${signal}', resolve));`);
    await message();
    process.kill(signal);
    await message();
    process.kill(signal);
    expect(await ended).toBe(0);
    expect(stdout()).toBe('closed ');
  });

  const LEAVES = `leave() { process.send('readiness is off'); }`;

  test('stays for a moment with readiness off before it closes, so that a balancer sees it', async () => {
    const { process, message, ended } = service(`process.send('closing');`, {}, LEAVES);
    await message();
    process.kill('SIGTERM');
    expect(await message()).toBe('readiness is off');
    process.send(1_499);
    expect(await message()).toBe('1499 ms later');
    process.send(1);
    expect(await message()).toBe('1 ms later');
    expect(await message()).toBe('closing');
    expect(await ended).toBe(0);
  });

  test('that is supervised closes at once', async () => {
    const { process, message, ended } = service(
      `process.send('closing');`,
      { CHURN_SUPERVISED: '1' },
      LEAVES,
    );
    await message();
    process.kill('SIGTERM');
    expect(await message()).toBe('closing');
    expect(await ended).toBe(0);
  });

  test('whose close hangs ends with 1 after 10 s, and not before', async () => {
    const { process, message, ended } = service(`process.send('closing'); await new Promise(() => {});`);
    await message();
    process.kill('SIGTERM');
    await message();
    process.send(9_999);
    expect(await message()).toBe('9999 ms later');
    process.send(1);
    expect(await ended).toBe(1);
  });

  test('whose close fails ends with 1 and says why', async () => {
    const { process, message, ended, stderr } = service(`throw new Error('the pool is gone');`);
    await message();
    process.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(JSON.parse(stderr()).message).toMatch(/^Error: the pool is gone/);
  });

  test('ends when the process that supervises it does', async () => {
    const { process, message, ended, stdout } = service(`process.stdout.write('closed');`, {
      CHURN_SUPERVISED: '1',
    });
    await message();
    process.stdin?.end();
    expect(await ended).toBe(0);
    expect(stdout()).toBe('closed');
  });

  test('that nobody supervises takes no notice of its stdin', async () => {
    const { process, message, ended } = service('');
    await message();
    process.stdin?.end();
    if (process.stdin) await once(process.stdin, 'close');
    process.send(1);
    expect(await message()).toBe('1 ms later');
    process.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('with wrong settings ends with 78, and its stderr is plain lines for people', async () => {
    const { ended, stderr } = starting(
      `throw new ConfigError('orders', ['PORT: is required', 'HOST: is not']);`,
    );
    expect(await ended).toBe(78);
    expect(stderr()).toBe(
      'orders cannot start; its settings are not right:\n  PORT: is required\n  HOST: is not\n',
    );
  });

  test.each([
    ['cannot start', `throw error;`],
    ['leaves a promise alone', `Promise.reject(error); return { close() {} };`],
    ['throws where nobody catches', `setImmediate(() => { throw error; }); return { close() {} };`],
  ])('that %s ends with 1 and one line of JSON, causes in it and no secrets', async (_what, body) => {
    const { ended, stderr } = starting(`
      const cause = new Error('postgres://churn:hunter2@db refused');
      const error = new Error('no database', { cause });
      ${body}`);
    expect(await ended).toBe(1);
    const { message, ...rest } = JSON.parse(stderr());
    expect(rest).toEqual({ level: 'error', service: 'orders', timestamp: expect.any(String) });
    expect(message).toMatch(/^Error: no database.*caused by: Error: postgres:\/\/\*\*\*@db refused/s);
    expect(stderr().trimEnd()).not.toContain('\n');
  });
});
