import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort, testFolder } from '@churn/testing';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { send } from './transport.ts';

const SIZE = 8 * 1024 * 1024;
const scratch = testFolder('transport');
const file = join(scratch, 'large.csv');
writeFileSync(file, Buffer.alloc(SIZE, 'x'));
let server: Server | undefined;
afterEach(() => void server?.close());
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A service on a port of its own that does this with the first bytes of each connection. */
async function serviceThat(react: (socket: Socket) => void): Promise<URL> {
  const listening = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => react(socket));
  });
  server = listening;
  const port = await freePort();
  await new Promise<void>((done) => listening.listen(port, '127.0.0.1', done));
  return new URL(`http://127.0.0.1:${port}/imports`);
}

const upload = (url: URL) =>
  send(url, {
    method: 'POST',
    headers: { 'content-length': String(SIZE) },
    body: { file, size: SIZE },
    timeoutMs: 30_000,
  });

test.each([
  ['hangs up', (socket: Socket) => socket.destroy()],
  ['ends the connection', (socket: Socket) => socket.end()],
])(
  'the answer of a service that refuses a large file at once and %s is read every time',
  async (_how, leave) => {
    const body = '{"detail":"no source nope"}';
    const head = 'HTTP/1.1 422 Unprocessable Entity\r\nConnection: close\r\n';
    const url = await serviceThat((socket) =>
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, () => leave(socket)),
    );
    for (let time = 1; time <= 200; time++) {
      const answer = await upload(url).catch((error) => {
        throw new Error(`upload ${time} was not answered: ${error.message}`);
      });
      expect({ status: answer.statusCode, body: await text(answer) }).toEqual({ status: 422, body });
    }
  },
);

test('a connection that breaks during an upload without an answer rejects', async () => {
  const url = await serviceThat((socket) => socket.destroy());
  await expect(upload(url)).rejects.toThrow(/ECONNRESET|socket hang up/);
});
