import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { requestContext } from './log.ts';
import { withoutCredentials } from './redact.ts';
import { capturedLog } from './testing/captured-log.ts';

/** What becomes of the fields of a line. */
function logged(fields: object, level = 'info'): Record<string, unknown> {
  const { log, lines } = capturedLog();
  log.log(level, 'said', fields);
  return lines[0] ?? {};
}

test('a line is JSON on stdout with service, level, time and message', () => {
  const script = `
    import { createLogger } from '${join(import.meta.dirname, 'log.ts')}';
    const log = createLogger('orders');
    log.debug('hidden');
    log.error('shown', { rows: 3 });`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toHaveLength(2);
  const line = JSON.parse(stdout);
  expect(line).toEqual({
    level: 'error',
    message: 'shown',
    rows: 3,
    service: 'orders',
    timestamp: line.timestamp,
  });
  expect(new Date(line.timestamp).toISOString()).toBe(line.timestamp);
});

test('each line that is logged during a request has its id, through awaits, and others have none', async () => {
  const { log, lines } = capturedLog();
  await Promise.all(
    ['a', 'b'].map((requestId) =>
      requestContext.run({ requestId }, async () => {
        await new Promise(setImmediate);
        log.info(requestId);
      }),
    ),
  );
  log.info('after');
  expect(lines.map(({ message, request_id }) => [message, request_id])).toEqual([
    ['a', 'a'],
    ['b', 'b'],
    ['after', undefined],
  ]);
});

describe('a secret is not written', () => {
  test.each([
    'password',
    'DB_PASSWORD',
    'secret',
    'Authorization',
    'apiKey',
    'x-api-key',
    'token',
    'Set-Cookie',
  ])('under the name %s, however deep', (name) => {
    const fields = { [name]: 'hunter2', headers: { [name]: 'hunter2' }, list: [{ [name]: ['hunter2'] }] };
    expect(JSON.stringify(logged(fields, 'debug'))).not.toContain('hunter2');
  });

  test.each([
    'postgres://churn:hunter2@db:5432/churn',
    'redis://:hunter2@redis',
    'postgres://churn:hunt/er2hunter2@db/churn',
    'postgres://churn:p@hunter2@db/churn',
    'postgres://db/churn?user=churn&password=hunter2&application_name=x',
    'https://hunter2@example.org/path',
  ])('as the credentials of %s, wherever it stands', (url) => {
    const { log, text } = capturedLog();
    log.info(`connecting to ${url} now`, { url, nested: { urls: [url] }, error: new Error(`no ${url}`) });
    log.info(new Error(`no ${url}`));
    expect(text()).not.toContain('hunter2');
    expect(text()).toContain('connecting to');
    expect(withoutCredentials(url)).not.toContain('hunter2');
  });

  test('as an API key in a sentence', () => {
    const key = `churn_${'aB3-_'.repeat(9).slice(0, 43)}`;
    const { log, text } = capturedLog();
    log.warn(`refused Bearer ${key}`, { given: key });
    expect(text()).not.toContain(key);
  });

  test('in the causes of an error, nor in what a driver hangs on it', () => {
    const cause = new Error('redis://:hunter2@redis refused');
    const error = Object.assign(new Error('no features', { cause }), { password: 'hunter2' });
    expect(JSON.stringify(logged({ error }))).not.toContain('hunter2');
  });
});

describe('what is no secret is kept', () => {
  test.each([
    'http://127.0.0.1:8000/predict',
    'mail a@b.example, then c',
    'features of 3 customers',
    'a:b@c',
  ])('%s', (text) => {
    expect(logged({ text })).toMatchObject({ text });
  });

  test('host and database of a URL', () => {
    expect(withoutCredentials('postgres://churn:hunter2@db:5432/churn')).toBe('postgres://***@db:5432/churn');
  });

  test('names that only contain the letters of a secret', () => {
    const fields = { passed: 3, tokens: 7, bypassed: true };
    expect(logged(fields)).toMatchObject(fields);
  });
});

describe('feature values', () => {
  const fields = { prediction: { features: { spend_90d: 12.5 } }, features_used: { spend_90d: 12.5 } };

  test.each(['error', 'warn', 'info'])('are left out at %s', (level) => {
    const line = logged(fields, level);
    expect(line).toMatchObject({ prediction: { features: '[features]' }, features_used: '[features]' });
  });

  test('are there at debug, which is for one developer', () => {
    expect(logged(fields, 'debug')).toMatchObject(fields);
  });
});

describe('a value of any kind', () => {
  test('an error has its stack and that of each cause', () => {
    const error = new Error('no features', { cause: new Error('no Redis', { cause: 'ECONNREFUSED' }) });
    const { error: text } = logged({ error });
    expect(text).toMatch(
      /^Error: no features\n.*\n.*caused by: Error: no Redis\n.*caused by: ECONNREFUSED$/s,
    );
    expect(text).toContain('log.test.ts');
  });

  test('the errors of an aggregate, such as a refused connection, are all there', () => {
    const error = new AggregateError([new Error('no ::1'), new Error('no 127.0.0.1')], 'refused');
    expect(logged({ error }).error).toMatch(/refused.*no ::1.*no 127\.0\.0\.1/s);
  });

  test('a time, a URL and bytes are readable', () => {
    expect(
      logged({ at: new Date(0), url: new URL('http://host/a'), bytes: new Uint8Array(70_000), n: 5n }),
    ).toMatchObject({ at: '1970-01-01T00:00:00.000Z', url: 'http://host/a', bytes: '[70000 bytes]', n: '5' });
  });

  test('an object that contains itself does not end the process', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    const error: Error = new Error('loop');
    error.cause = error;
    expect(logged({ loop, error })).toMatchObject({ loop: { name: 'loop', self: '[circular]' } });
  });

  test('what stands twice in a line is written twice', () => {
    const shared = { id: 1 };
    expect(logged({ first: shared, second: shared })).toMatchObject({ first: shared, second: shared });
  });
});
