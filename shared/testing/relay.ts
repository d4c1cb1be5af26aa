import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port of this machine that leads to a server, so that a test can take that server away from whoever knows it by this port. */
export interface Relay {
  readonly port: number;
  /** The server's URL, by way of this port. */
  readonly url: string;
  /** Resolves once a client has ended its connection. */
  readonly clientLeft: Promise<void>;
  /** Nothing passes any more, and nobody is told: as when the server is frozen or a cable is cut. */
  freeze(): void;
  thaw(): void;
  /** Ends every connection and closes the port. */
  close(): Promise<void>;
}

const DEFAULT_PORTS: Record<string, number> = { 'redis:': 6379, 'postgres:': 5432, 'postgresql:': 5432 };

/** `url`: of the server, which is on plain TCP. `port`: 0 for any that is free. */
export async function openRelay(url: string, port = 0): Promise<Relay> {
  const target = new URL(url);
  const there = { host: target.hostname, port: Number(target.port) || DEFAULT_PORTS[target.protocol] || 0 };
  const clientLeft = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(there);
    near.on('close', () => clientLeft.resolve());
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (chunk) => other.write(chunk));
      if (frozen) socket.pause();
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port: taken } = server.address() as AddressInfo;
  target.host = `127.0.0.1:${taken}`;
  return {
    port: taken,
    url: target.href,
    clientLeft: clientLeft.promise,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
