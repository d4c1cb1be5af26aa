import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { requestContext } from '../log.ts';
import { testApp } from '../testing/test-app.ts';
import { listen } from './listen.ts';
import { defineRoute } from './route.ts';

const order = defineRoute({
  method: 'post',
  path: '/shops/:shop/orders',
  summary: 'Takes an order',
  role: 'caller',
  params: z.object({ shop: z.string().regex(/^[a-z]+$/, 'lower case letters') }),
  query: z.object({ dry: z.enum(['yes', 'no']).default('no') }),
  body: z.strictObject({ item: z.string(), count: z.int().positive() }),
  responses: { 201: { description: 'Taken' } },
  handler: async ({ params, query, body, principal }) => ({
    status: 201,
    headers: { Location: '/orders/1' },
    body: { ...params, ...query, ...body, project: principal.projectId },
  }),
});
const { app } = testApp({ routes: [order], jsonLimit: '1kb' });
const post = (path = '/shops/north/orders') => request(app).post(path);
const ORDER = { item: 'tea', count: 2 };

describe('a route', () => {
  test('gets its parts parsed, and its answer is sent with status and headers', async () => {
    const { status, headers, body } = await post('/shops/north/orders?dry=yes').send(ORDER);
    expect(status).toBe(201);
    expect(headers.location).toBe('/orders/1');
    expect(body).toEqual({ shop: 'north', dry: 'yes', ...ORDER, project: 'shop' });
  });

  test('is not run when a part is wrong; every fault of that part is named', async () => {
    const { status, body } = await post().send({ count: 0, price: 1 });
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: 'urn:churn:problem:invalid-request', status: 422 });
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'body.item',
      'body.count',
      'body',
    ]);
    expect(body.detail).toMatch(/^body\.item: .+ \(and 2 more, see errors\)\.$/);
  });

  test.each([
    ['/shops/North/orders', 'params.shop: lower case letters.'],
    ['/shops/north/orders?dry=perhaps', /^query\.dry: Invalid option/],
    ['/shops/north/orders?dry=yes&dry=no', /^query\.dry: /],
  ])('%s is refused with the part that is wrong', async (path, detail) => {
    const { status, body } = await post(path).send(ORDER);
    expect([status, body.detail]).toEqual([422, expect.stringMatching(detail)]);
  });

  test('may answer text, nothing, or refuse with its own problem', async () => {
    const text = defineRoute({
      method: 'get',
      path: '/text',
      summary: '',
      role: 'public',
      responses: {},
      handler: async () => ({ body: 'a,b\n', contentType: 'text/csv' }),
    });
    const nothing = defineRoute({
      method: 'delete',
      path: '/text',
      summary: '',
      role: 'public',
      responses: {},
      handler: async () => ({ status: 204, body: undefined }),
    });
    const { app } = testApp({ routes: [text, nothing] });
    const got = await request(app).get('/text');
    expect([got.text, got.headers['content-type']]).toEqual(['a,b\n', 'text/csv; charset=utf-8']);
    const gone = await request(app).delete('/text');
    expect([gone.status, gone.text]).toEqual([204, '']);
  });
});

describe('a body', () => {
  test('of JSON with a suffix, a charset or compressed is read', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/merge-patch+json'])
      expect((await post().set('content-type', type).send(JSON.stringify(ORDER))).status).toBe(201);
    const zipped = post().set('content-type', 'application/json').set('content-encoding', 'gzip');
    zipped.write(gzipSync(JSON.stringify(ORDER)));
    expect((await zipped).status).toBe(201);
  });

  test('that is larger than the limit is refused with the limit, also when it only grows so when unpacked', async () => {
    const large = JSON.stringify({ item: 'x'.repeat(2_000), count: 1 });
    const plain = await post().set('content-type', 'application/json').send(large);
    const zipped = post().set('content-type', 'application/json').set('content-encoding', 'gzip');
    zipped.write(gzipSync(large));
    for (const { status, body } of [plain, await zipped]) {
      expect([status, body.type]).toEqual([413, 'urn:churn:problem:body-too-large']);
      expect(body.detail).toBe('The body is larger than 1024 bytes. Send it in smaller parts.');
    }
  });

  test('that is not JSON is refused, and where', async () => {
    const { status, body } = await post().set('content-type', 'application/json').send('{"item":tea}');
    expect([status, body.type]).toEqual([400, 'urn:churn:problem:json-malformed']);
    expect(body.detail).toMatch(/^The body is not valid JSON: Unexpected token/);
  });

  test('that is JSON but no object is refused for that', async () => {
    const { status, body } = await post().set('content-type', 'application/json').send('5');
    expect([status, body.detail]).toEqual([422, expect.stringMatching(/^body: .*expected object/)]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'of %s is refused with what to send',
    async (type) => {
      const { status, body } = await post().set('content-type', type).send('item=tea');
      expect([status, body.type]).toEqual([415, 'urn:churn:problem:content-type']);
      expect(body.detail).toBe(`The body must be JSON: send Content-Type: application/json (got ${type}).`);
    },
  );

  test('in a charset or an encoding that nobody reads here is refused by name', async () => {
    const charset = await post().set('content-type', 'application/json; charset=klingon').send('{}');
    expect([charset.status, charset.body.detail]).toEqual([415, expect.stringMatching(/klingon/i)]);
    const encoded = post().set('content-type', 'application/json').set('content-encoding', 'zip');
    encoded.write('{}');
    const { status, body } = await encoded;
    expect([status, body.detail]).toEqual([415, expect.stringMatching(/zip/)]);
  });

  test('that is empty lacks what was to be in it', async () => {
    const { status, body } = await post().set('content-type', 'application/json');
    expect([status, body.detail]).toEqual([422, expect.stringMatching(/^body\.item: .*expected string/)]);
  });

  test('that was not sent at all is missed', async () => {
    const listening = await listen(app, { host: '127.0.0.1', port: 0 });
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(listening.url).port) });
    socket.write(
      'POST /shops/north/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n',
    );
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 415 .*\(got no body\)/s);
    await listening.close();
  });
});

describe('the id of a request', () => {
  const { app, lines } = testApp({
    routes: [
      defineRoute({
        method: 'get',
        path: '/id',
        summary: '',
        role: 'public',
        responses: {},
        handler: async ({ log }) => {
          log.info('asked');
          return { body: requestContext.getStore()?.requestId ?? null };
        },
      }),
    ],
  });

  test('is the one given, in the answer, in the problem and on every line', async () => {
    lines.length = 0;
    const { headers, text } = await request(app).get('/id').set('x-request-id', 'abc-1.2:3_4');
    expect([headers['x-request-id'], text]).toEqual(['abc-1.2:3_4', 'abc-1.2:3_4']);
    expect(lines.map(({ message, request_id }) => [message, request_id])).toEqual([
      ['asked', 'abc-1.2:3_4'],
      ['request', 'abc-1.2:3_4'],
    ]);
    const problem = await request(app).get('/none').set('x-request-id', 'abc');
    expect(problem.body).toMatchObject({ request_id: 'abc', instance: '/none' });
  });

  test.each(['', 'a b', '{"level":"error"}', 'x'.repeat(129)])(
    'is made anew when "%s" is given',
    async (given) => {
      const { headers } = await request(app).get('/id').set('x-request-id', given);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    },
  );
});

test('the access log has the pattern, never the URL, and hot routes and probes are quiet', async () => {
  const hot = defineRoute({
    method: 'get',
    path: '/hot',
    summary: '',
    role: 'public',
    responses: {},
    accessLog: false,
    handler: async () => ({ body: {} }),
  });
  const { app, lines } = testApp({ routes: [order, hot] });
  await request(app).post('/shops/north/orders?dry=yes').send(ORDER);
  for (const path of ['/hot', '/metrics', '/health', '/health/live', '/health/ready'])
    await request(app).get(path).expect(200);
  expect(lines.map(({ level, route }) => `${level} ${route}`)).toEqual([
    'info /shops/:shop/orders',
    'debug /hot',
    'debug /metrics',
    'debug /health',
    'debug /health/live',
    'debug /health/ready',
  ]);
  expect(lines[0]).toMatchObject({ method: 'POST', status: 201, ms: expect.any(Number) });
});
