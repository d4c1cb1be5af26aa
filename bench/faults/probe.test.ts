import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@churn/testing';
import { afterEach, expect, test } from '@jest/globals';
import { ask, type Probe } from './probe.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const HUNG_MS = 300;

/** What the probe of a question whose answer is {"n":1} makes of a server that does this. */
async function made(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return describe(`http://127.0.0.1:${port}`);
}

async function describe(url: string): Promise<string> {
  const probe: Probe = {
    name: 'GET /',
    service: 'batch',
    needs: [],
    status: 200,
    request: () => ({ url }),
    check: (body) => (JSON.stringify(body) === '{"n":1}' ? 'answered' : { wrong: 'n is 1' }),
  };
  const { kind, text } = await ask(probe, HUNG_MS);
  return `${kind}: ${text}`;
}

const says =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
const TYPE = { 'content-type': 'application/problem+json' };
const AWAY = { type: 'urn:churn:problem:store-unavailable', detail: 'Postgres is out of reach: come again.' };
const problem = (changes: object = {}, status = 503) =>
  JSON.stringify({ title: 'Service Unavailable', status, ...AWAY, ...changes });

test('the right answer, and a refusal that says what is away and when to come again, are what they are', async () => {
  expect(await made(says(200, '{"n":1}'))).toBe('answered: 200 {"n":1}');
  expect(await made(says(503, problem(), { ...TYPE, 'retry-after': '3' }))).toMatch(/^refused: 503/);
});

test.each([
  ['another value', says(200, '{"n":2}'), 'n is 1'],
  ['another status', says(202, '{"n":1}'), 'expected the status 200'],
  ['a refusal of a valid question', says(404, problem({}, 404), TYPE), 'the question is a valid one'],
  [
    'a reason that does not hold',
    says(503, problem({ type: 'urn:churn:problem:no-model' }), { ...TYPE, 'retry-after': '3' }),
    'that is not so',
  ],
])('%s is wrong', async (_what, answer, why) => {
  expect(await made(answer)).toMatch(new RegExp(`^wrong: ${why}: \\d`));
});

test.each([
  ['a body that is no JSON', says(200, 'Hello'), 'the body is no JSON'],
  ['a page of a proxy', says(502, '<html>'), 'the body is no JSON'],
  ['a fault of the service', says(500, problem({}, 500), TYPE), 'expected the status 503'],
  ['another content type', says(503, problem()), 'expected application/problem'],
  ['no detail', says(503, problem({ detail: 'Away.' }), TYPE), 'it does not say what happened'],
  ['no Retry-After', says(503, problem(), TYPE), 'it does not say when'],
])('%s is unclear', async (_what, answer, why) => {
  expect(await made(answer)).toMatch(new RegExp(`^unclear: ${why}`));
});

test('no answer in time is hung, and so is half an answer', async () => {
  expect(await made(() => {})).toMatch(/^hung/);
  expect(await made((_request, response) => void response.writeHead(200).write('{'))).toMatch(/^hung/);
});

test('a connection that breaks, and a port where nobody listens, are no connection', async () => {
  expect(await made((request) => request.socket.destroy())).toMatch(/^no connection/);
  const port = await freePort();
  expect(await describe(`http://127.0.0.1:${port}`)).toMatch(/^no connection: fetch failed: .*ECONNREFUSED/);
});
