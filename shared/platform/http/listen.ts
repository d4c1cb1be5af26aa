import { createServer, type Server } from 'node:http';
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
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: 10_000, keepAliveTimeout: 65_000 },
    app,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => drain(server),
  };
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(
      `Port ${port} on ${host} is taken by another process. End it (\`ss -ltnp | grep ${port}\` names it) or set PORT.`,
    );
  if (error.code === 'EACCES') return new Error(`Port ${port} needs root. Set PORT to one above 1023.`);
  return error;
}

async function drain(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  } finally {
    clearTimeout(timer);
  }
}
