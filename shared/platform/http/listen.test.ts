import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, jest, test } from '@jest/globals';
import { testApp } from '../testing/test-app.ts';
import { type Listening, listen } from './listen.ts';
import { defineRoute } from './route.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };
let listening: Listening | undefined;
let agent: Agent;
afterEach(async () => {
  jest.useRealTimers();
  agent?.destroy();
  await listening?.close();
});

/** Listens with one route, whose requests are begun when `begun` and answered after `answer()`. */
async function slowService() {
  const begun = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const route = defineRoute({
    method: 'get',
    path: '/slow',
    summary: '',
    role: 'public',
    responses: {},
    handler: async ({ req, res }) => {
      if (req.query.beginning === 'sent') res.write('do');
      begun.resolve();
      await answer.promise;
      if (!res.headersSent) return { body: 'done' };
      res.end('ne');
      return undefined;
    },
  });
  agent = new Agent({ keepAlive: true });
  const open = await listen(testApp({ routes: [route] }).app, LOCAL);
  listening = open;
  const get = async (path: string) => {
    const [response]: IncomingMessage[] = await once(
      request(`${open.url}${path}`, { agent }).end(),
      'response',
    );
    if (response === undefined) throw new Error('no response');
    return { body: await text(response), connection: response.headers.connection };
  };
  return { listening: open, begun: begun.promise, answer: answer.resolve, get };
}

/** From here on a time limit of ours does not pass by itself; sockets go on. */
function stopTheClock(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
}

async function refused(url: string): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return !open;
}

test('a close lets the request under way be answered and accepts no other', async () => {
  const { listening, begun, answer, get } = await slowService();
  const slow = get('/slow');
  await begun;
  const closed = listening.close();
  expect(await refused(listening.url)).toBe(true);
  answer();
  expect(await slow).toEqual({ body: 'done', connection: 'close' });
  await closed;
});

test.each(['/slow', '/slow?beginning=sent'])(
  'a close is done as soon as the last answer (%s) is, though its client would keep the connection',
  async (path) => {
    const { listening, begun, answer, get } = await slowService();
    const slow = get(path);
    await begun;
    stopTheClock();
    const closed = listening.close();
    answer();
    expect((await slow).body).toBe('done');
    await closed;
  },
);

test('a close does not wait for clients that only keep their connection', async () => {
  const { listening, get } = await slowService();
  await get('/health/live');
  stopTheClock();
  await listening.close();
});

test('a request that is not answered within 5 s is cut off', async () => {
  const { listening, begun, get } = await slowService();
  const cut = expect(get('/slow')).rejects.toThrow('socket hang up');
  await begun;
  stopTheClock();
  const closed = listening.close();
  jest.advanceTimersByTime(5_000);
  await closed;
  await cut;
});

test('the URL has the port that was taken', async () => {
  listening = await listen(testApp({}).app, LOCAL);
  const { status } = await fetch(`${listening.url}/health/live`);
  expect(status).toBe(200);
});

test('a port that is taken is named, with how to find who has it', async () => {
  listening = await listen(testApp({}).app, LOCAL);
  const port = Number(new URL(listening.url).port);
  await expect(listen(testApp({}).app, { host: '127.0.0.1', port })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another process. End it (\`ss -ltnp | grep ${port}\` names it) or set PORT.`,
  );
});

test.each(['192.0.2.1', 'no-such-host.invalid'])('%s, no address of this machine, is named', async (host) => {
  await expect(listen(testApp({}).app, { host, port: 0 })).rejects.toThrow(
    /^\S+ is not an address of this machine \([A-Z_]+\)\. Set HOST to one, or to 0\.0\.0\.0 for all\.$/,
  );
});
