import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export interface Listening {
  server: Server;
  /** http://host:port, with the port that was really taken. */
  url: string;
  /** Accepts nothing more, lets requests under way end for at most 5 s, then cuts them off. */
  close(): Promise<void>;
}

const DRAIN_MS = 5_000;

/** Throws one clear sentence when the port is taken. `requestTimeoutMs`: how long a request may take to arrive; default 60 s. */
export async function listen(
  app: Express,
  { host, port, requestTimeoutMs = 60_000 }: { host: string; port: number; requestTimeoutMs?: number },
): Promise<Listening> {
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: 10_000,
    keepAliveTimeout: 65_000,
  });
  const close = drained(server);
  server.on('request', app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close,
  };
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(
      `Port ${port} on ${host} is taken by another process. End it (\`ss -ltnp | grep ${port}\` names it) or set PORT.`,
    );
  if (error.code === 'EACCES') return new Error(`Port ${port} needs root. Set PORT to one above 1023.`);
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    return new Error(
      `${host} is not an address of this machine (${error.code}). Set HOST to one, or to 0.0.0.0 for all.`,
    );
  return error;
}

/** How to close a server. To be called before it has other listeners, so that it sees each request first. */
function drained(server: Server): () => Promise<void> {
  const underWay = new Set<ServerResponse>();
  let closing = false;
  server.on('request', (_req, res) => {
    underWay.add(res);
    if (closing) res.setHeader('Connection', 'close');
    res.on('close', () => {
      underWay.delete(res);
      // Node closes what is idle when asked to; what becomes idle later would wait for its client.
      if (closing) server.closeIdleConnections();
    });
  });
  return async () => {
    closing = true;
    for (const res of underWay) if (!res.headersSent) res.setHeader('Connection', 'close');
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    try {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    } finally {
      clearTimeout(timer);
    }
  };
}
