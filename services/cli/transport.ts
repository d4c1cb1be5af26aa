import { createReadStream } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
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
    // A service that refuses early answers and hangs up: its answer is worth more than the broken pipe.
    pipeline(file, req).catch(() => {});
  });
}

/** Nothing was sent: even a POST may be tried again. */
export function wasRefused(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(wasRefused);
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
