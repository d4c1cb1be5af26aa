import { once } from 'node:events';
import { createServer } from 'node:net';

/** Whether nothing listens on 127.0.0.1:port (TCP) and we may bind it. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await bind(port)) === port;
}

/** A TCP port of 127.0.0.1 that was free a moment ago; another process may still take it first. */
export async function freePort(): Promise<number> {
  const port = await bind(0);
  if (port === null) throw new Error('no TCP port of 127.0.0.1 can be bound: is the loopback interface up?');
  return port;
}

/** The first of the wanted ports that is free, else any free one. */
export async function preferPort(...wanted: (number | undefined)[]): Promise<number> {
  for (const port of wanted) {
    if (port !== undefined && (await isPortFree(port))) return port;
  }
  return freePort();
}

async function bind(port: number): Promise<number | null> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return null;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : null;
}
