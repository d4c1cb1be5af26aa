import { expect, test } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { testApp } from '../testing/test-app.ts';
import { defineRoute } from './route.ts';

const responses = { 200: { description: 'Well' } };
const handler = async () => ({ body: {} });
const thing = z.object({ id: z.int(), at: z.iso.datetime() }).meta({ id: 'Thing' });
const routes = [
  defineRoute({
    method: 'get',
    path: '/shops/:shop/things/:thing_id',
    summary: 'One thing',
    description: 'As it is now.',
    role: 'viewer',
    params: z.object({ shop: z.string(), thing_id: z.coerce.number().int() }),
    query: z.object({ at: z.iso.datetime().optional(), deep: z.enum(['yes', 'no']).default('no') }),
    responses: { 200: { description: 'The thing', schema: thing }, 404: { description: 'Not known' } },
    handler,
  }),
  defineRoute({
    method: 'post',
    path: '/shops/:shop/things/:thing_id',
    summary: 'Changes it',
    role: 'admin',
    params: z.object({ shop: z.string(), thing_id: z.string() }),
    body: z.object({ name: z.string(), note: z.string().default('') }),
    responses: { 200: { description: 'Changed', schema: thing } },
    handler,
  }),
  defineRoute({
    method: 'post',
    path: '/files',
    summary: 'Takes a file',
    role: 'data-scientist',
    body: 'stream',
    bodyTypes: ['text/csv', 'application/vnd.apache.parquet'],
    responses: { 201: { description: 'Report', contentType: 'text/html', schema: z.string() } },
    handler,
  }),
  defineRoute({ method: 'get', path: '/open', summary: 'For all', role: 'public', responses, handler }),
];
const { app } = testApp({ service: 'orders', version: '1.2.3', routes });
const { body: document } = await request(app).get('/openapi.json').expect(200);

test('the document names its service and version', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'churn orders', version: '1.2.3' } });
});

test('each route is there under its path and method', () => {
  const operations = Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect(operations).toEqual([
    'get /shops/{shop}/things/{thing_id}',
    'post /shops/{shop}/things/{thing_id}',
    'post /files',
    'get /open',
  ]);
});

test('an operation has its words, its parameters and who may', () => {
  const get = document.paths['/shops/{shop}/things/{thing_id}'].get;
  expect(get).toMatchObject({ summary: 'One thing', description: 'As it is now.', 'x-role': 'viewer' });
  expect(get.security).toEqual([{ key: [] }]);
  expect(
    get.parameters.map((one: Record<string, unknown>) => [one.in, one.name, one.required ?? false]),
  ).toEqual([
    ['path', 'shop', true],
    ['path', 'thing_id', true],
    ['query', 'at', false],
    ['query', 'deep', false],
  ]);
  expect(get.parameters[3].schema).toMatchObject({ enum: ['yes', 'no'], default: 'no' });
  expect(document.paths['/open'].get).not.toHaveProperty('security');
});

test('a JSON body has its schema, in which what has a default may be left out', () => {
  const { requestBody } = document.paths['/shops/{shop}/things/{thing_id}'].post;
  expect(requestBody.required).toBe(true);
  const { schema } = requestBody.content['application/json'];
  expect(schema).toMatchObject({ type: 'object', required: ['name'] });
});

test('a streamed body has each of its media types', () => {
  const { requestBody } = document.paths['/files'].post;
  expect(Object.keys(requestBody.content)).toEqual(['text/csv', 'application/vnd.apache.parquet']);
});

test('each answer has its description and schema, and every operation the problem', () => {
  const get = document.paths['/shops/{shop}/things/{thing_id}'].get;
  expect(get.responses[200].content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/Thing',
  });
  expect(get.responses[404]).toEqual({ description: 'Not known' });
  expect(Object.keys(document.paths['/files'].post.responses[201].content)).toEqual(['text/html']);
  for (const item of Object.values<Record<string, { responses: Record<string, object> }>>(document.paths))
    for (const { responses } of Object.values(item))
      expect(responses.default).toHaveProperty(['content', 'application/problem+json', 'schema']);
});

test('every reference leads somewhere, and every place in a path is a parameter', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path);
  expect(references).not.toEqual([]);
  for (const path of references) expect(document).toHaveProperty(String(path).split('/'));
  type Operation = { parameters?: { in: string; name: string }[] };
  for (const [path, item] of Object.entries<Record<string, Operation>>(document.paths)) {
    const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [] } of Object.values(item))
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(places);
  }
});
