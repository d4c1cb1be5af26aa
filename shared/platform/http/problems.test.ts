import { problem } from '@churn/contracts';
import { expect, test } from '@jest/globals';
import request from 'supertest';
import { Conflict, TooManyRequests, Unauthenticated, Unavailable } from '../errors.ts';
import { testApp } from '../testing/test-app.ts';
import { defineRoute } from './route.ts';

/** The answer of a route that throws this. */
async function answerTo(error: unknown) {
  const route = defineRoute({
    method: 'get',
    path: '/things/:id',
    summary: '',
    role: 'public',
    responses: {},
    handler: () => Promise.reject(error),
  });
  const { app, lines } = testApp({ routes: [route] });
  const { status, headers, body } = await request(app).get('/things/7?secret=1').set('x-request-id', 'r1');
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(problem.parse(body).status).toBe(status);
  return { status, headers, body, errors: lines.filter(({ level }) => level === 'error') };
}

test('a refusal is a problem with its code, its title, its sentence and what it carries', async () => {
  const { status, body, errors } = await answerTo(
    new Conflict('thing-taken', 'Thing 7 is taken. Wait for its owner.', { owner: 'x' }),
  );
  expect(status).toBe(409);
  expect(body).toEqual({
    type: 'urn:churn:problem:thing-taken',
    title: 'Conflict',
    status: 409,
    detail: 'Thing 7 is taken. Wait for its owner.',
    instance: '/things/7',
    request_id: 'r1',
    owner: 'x',
  });
  expect(errors).toEqual([]);
});

test('what may be tried again says when, in whole seconds that are not too few', async () => {
  expect((await answerTo(new Unavailable('away', 'Away.', 1.2))).headers['retry-after']).toBe('2');
  expect((await answerTo(new TooManyRequests('full', 'Full.'))).headers['retry-after']).toBe('1');
  expect((await answerTo(new Conflict('taken', 'Taken.'))).headers['retry-after']).toBeUndefined();
});

test('who is not known is told how to present a key', async () => {
  const { status, headers } = await answerTo(new Unauthenticated('key-missing', 'No key.'));
  expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
});

test.each([
  ['an error', new TypeError('cannot read hunter2')],
  ['a string', 'hunter2'],
  ['nothing', undefined],
])('%s that nobody foresaw gives nothing away, and the log has it under the id', async (_what, error) => {
  const { status, body, errors } = await answerTo(error ?? new Error('hunter2'));
  expect([status, body.type]).toEqual([500, 'urn:churn:problem:internal']);
  expect(JSON.stringify(body)).not.toContain('hunter2');
  expect(body.detail).toContain('under request_id r1');
  expect(errors).toEqual([
    expect.objectContaining({ request_id: 'r1', error: expect.stringContaining('hunter2') }),
  ]);
});

test('a path that cannot be decoded is the fault of who asks', async () => {
  const { app } = testApp({ routes: [] });
  const { status, body } = await request(app).get('/openapi.json/%E0%A4%A');
  expect([status, body.status]).toEqual([404, 404]);
  const route = await request(
    testApp({
      routes: [
        defineRoute({
          method: 'get',
          path: '/things/:id',
          summary: '',
          role: 'public',
          responses: {},
          handler: async () => ({ body: {} }),
        }),
      ],
    }).app,
  ).get('/things/%E0%A4%A');
  expect([route.status, route.body.type]).toEqual([400, 'urn:churn:problem:path-malformed']);
});
