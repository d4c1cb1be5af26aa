import { once } from 'node:events';
import { request as httpRequest, METHODS } from 'node:http';
import { expect, test } from '@jest/globals';
import request from 'supertest';
import { testApp } from '../testing/test-app.ts';
import { listen } from './listen.ts';
import { defineRoute } from './route.ts';

const route = (method: 'get' | 'post', path: string) =>
  defineRoute({
    method,
    path,
    summary: '',
    role: 'public',
    responses: {},
    handler: async () => ({ body: { method } }),
  });
const routes = [
  route('get', '/models/:model'),
  route('get', '/models/compare'),
  route('post', '/models/compare'),
  route('post', '/predict'),
];
/** CONNECT asks for a tunnel: Node closes the connection and no application sees it. */
const COMMON = ['CONNECT', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
const { app } = testApp({ routes });

test('HEAD is a GET without its body', async () => {
  const { status, headers, text } = await request(app).head('/models/churn');
  expect([status, text]).toEqual([200, undefined]);
  expect(headers['content-length']).toBe(String('{"method":"get"}'.length));
});

test('OPTIONS says which methods a path takes', async () => {
  const allowed = async (path: string) => (await request(app).options(path).expect(204)).headers.allow;
  expect(await allowed('/models/churn')).toBe('GET, HEAD, OPTIONS');
  expect(await allowed('/predict')).toBe('POST, OPTIONS');
  expect(await allowed('/health/ready')).toBe('GET, HEAD, OPTIONS');
  await request(app).options('/none').expect(404);
});

test.each([
  ['delete', '/models/churn', 'GET, HEAD, OPTIONS'],
  ['put', '/models/compare', 'GET, POST, HEAD, OPTIONS'],
  ['get', '/predict', 'POST, OPTIONS'],
  ['head', '/predict', 'POST, OPTIONS'],
  ['post', '/metrics', 'GET, HEAD, OPTIONS'],
] as const)('%s %s is refused with the methods that are allowed', async (method, path, allow) => {
  const { status, headers, body } = await request(app)[method](path);
  expect([status, headers.allow]).toEqual([405, allow]);
  if (method !== 'head')
    expect(body).toMatchObject({
      type: 'urn:churn:problem:method-not-allowed',
      detail: `${path} does not take ${method.toUpperCase()}, only ${allow}. See /openapi.json.`,
    });
});

test('a path that there is not is a 404 for every method, and says where to look', async () => {
  for (const method of ['get', 'post', 'put', 'delete'] as const) {
    const { status, body } = await request(app)[method]('/modles/churn');
    expect([status, body.detail]).toEqual([
      404,
      `There is no ${method.toUpperCase()} /modles/churn. See /openapi.json for what there is.`,
    ]);
  }
});

test('a request is counted under its pattern; unknown paths and odd methods make one series each', async () => {
  const { app, metrics } = testApp({ routes });
  await request(app).get('/models/a');
  await request(app).get('/models/b');
  await request(app).delete('/models/c');
  for (const path of ['/', '/wp-login.php', '/models/a/b']) await request(app).get(path);
  const odd = METHODS.filter((method) => !COMMON.includes(method));
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  for (const method of odd) {
    const asked = httpRequest(`${listening.url}/models/a`, { method, agent: false }).end();
    const [answer] = await once(asked, 'response');
    answer.resume();
  }
  await listening.close();
  const { values } = await metrics.registry.getMetricsAsJSON().then((all) => {
    const found = all.find(({ name }) => name === 'http_requests_total');
    if (found === undefined) throw new Error('no such metric');
    return found;
  });
  expect(values.map(({ labels, value }) => [labels.method, labels.route, labels.status, value])).toEqual([
    ['GET', '/models/:model', 200, 2],
    ['DELETE', '/models/:model', 405, 1],
    ['GET', 'unknown', 404, 3],
    ['other', '/models/:model', 405, odd.length],
  ]);
});
