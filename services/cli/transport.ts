import { createReadStream } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A file as the body of a request, read while it is sent. */
export interface FileBody {
  file: string;
  size: number;
  onProgress?: ((bytes: number, total: number) => void) | undefined;
}

export interface Sending {
  method: string;
  headers: Record<string, string>;
  body?: string | FileBody | undefined;
  /** How long the connection may be silent, in ms. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export class SilentTooLong extends Error {
  override name = 'SilentTooLong';
}

/**
 * One HTTP request on a connection of its own: a service that was started again meanwhile is met afresh. Not `fetch`, which gives up after
 * five minutes without an answer and cannot show how much of a file is sent. Rejects when no answer begins.
 */
export function send(
  url: URL,
  { method, headers, body, timeoutMs, signal }: Sending,
): Promise<IncomingMessage> {
  const open = url.protocol === 'https:' ? secureRequest : request;
  return new Promise((resolve, reject) => {
    const req = open(url, {
      method,
      headers,
      agent: false,
      timeout: timeoutMs,
      ...(signal !== undefined && { signal }),
    });
    req.on('socket', outliveRefusedWrites);
    req.on('response', resolve);
    req.on('error', reject);
    req.on('timeout', () => req.destroy(new SilentTooLong()));
    if (typeof body !== 'object') return void req.end(body);
    const file = createReadStream(body.file);
    let sent = 0;
    file.on('data', (chunk) => {
      sent += chunk.length;
      body.onProgress?.(sent, body.size);
    });
    // What becomes of the request is said by its response or its error.
    pipeline(file, req).catch(() => {});
  });
}

/**
 * A service that refuses a file early answers and hangs up. The next write then fails, and a socket of Node is destroyed by a failed write
 * with the answer still unread in the kernel. Here such a write is dropped, so that reading goes on: it gives the answer, or the end of
 * the connection where there is none.
 */
function outliveRefusedWrites(socket: Socket): void {
  const dropped = (done: Done): Done => {
    return (error) => done(error?.code === 'EPIPE' || error?.code === 'ECONNRESET' ? null : error);
  };
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, dropped(done));
  const writeMany = socket._writev?.bind(socket);
  if (writeMany !== undefined) socket._writev = (chunks, done) => writeMany(chunks, dropped(done));
}

type Done = (error?: NodeJS.ErrnoException | null) => void;

/** Nothing was sent: even a POST may be tried again. */
export function wasRefused(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(wasRefused);
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
