import { once } from 'node:events';
import { connect } from 'node:net';
import { type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import winston from 'winston';
import type { Auth } from '../auth.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createApp } from './app.ts';
import { type Listening, listen } from './listen.ts';
import { defineRoute } from './route.ts';

const lines: string[] = [];
const sink = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(JSON.parse(chunk.toString()).message);
    done();
  },
});
const log = createLogger('test', 'error')
  .clear()
  .add(new winston.transports.Stream({ stream: sink }));

let listening: Listening | undefined;
afterEach(async () => {
  await listening?.close();
  lines.length = 0;
});

const auth: Auth = { authorize: () => Promise.reject(new Error('only public routes here')) };
const metrics = createMetrics('test');

async function serve(handler: (req: Readable) => Promise<{ body: unknown }>): Promise<URL> {
  const route = defineRoute({
    method: 'post',
    path: '/things',
    summary: 'Takes a thing',
    role: 'public',
    body: 'stream',
    responses: { 200: { description: 'Taken' } },
    handler: ({ req }) => handler(req),
  });
  const health = { ready: async () => ({ ok: true, checks: {} }), closing: () => false };
  const app = createApp({ service: 'test', version: '0', log, metrics, auth, routes: [route], health });
  listening = await listen(app, { host: '127.0.0.1', port: 0 });
  return new URL(listening.url);
}

async function sendHalfAndLeave({ hostname, port }: URL): Promise<void> {
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write(
    'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
  );
  const [request] = await once(listening?.server ?? socket, 'request');
  socket.destroy();
  // Not once(): the request also emits an error.
  await new Promise((resolve) => request.on('close', resolve));
  // What the close has set off has run.
  await turn();
  await turn();
}

test('a client that leaves before its whole request has arrived is no fault of ours in the log', async () => {
  const url = await serve(async (req) => ({ body: await text(req) }));
  await sendHalfAndLeave(url);
  expect(lines).toEqual([]);
});

test('control: an error of ours is', async () => {
  const url = await serve(() => Promise.reject(new Error('broken')));
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(new URL('/things', url), { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(500);
  expect(lines).toEqual(['request failed']);
});
