import { BadRequest, PayloadTooLarge, UnsupportedMediaType } from '@churn/platform';
import type { Request } from 'express';

const MAX_BYTES = 8 * 2 ** 20;
const MAX_EVENTS = 10_000;

/** An event as it came, and where: its place in the request, or its line of NDJSON; from 1. */
export interface RawEvent {
  line: number;
  value: unknown;
}

/** The events of a request: one JSON object, an array of them, or one a line (application/x-ndjson). Bounded in bytes and number. */
export async function readEvents(req: Request): Promise<RawEvent[]> {
  requireKnownBody(req);
  const text = await readText(req);
  const events = req.is('application/x-ndjson') ? parseLines(text) : parseJson(text);
  if (events.length === 0) throw new BadRequest('events-missing', 'The request holds no event.');
  if (events.length > MAX_EVENTS)
    throw new PayloadTooLarge(
      'too-many-events',
      `${events.length} events in one request; at most ${MAX_EVENTS}. Send them in parts, or import a file.`,
    );
  return events;
}

function requireKnownBody(req: Request): void {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new UnsupportedMediaType(
      'content-encoding',
      `The body is encoded as ${encoding}. Send it as it is.`,
    );
  if (req.is(['application/json', 'application/x-ndjson'])) return;
  const sent = req.headers['content-type'] ?? 'none';
  throw new UnsupportedMediaType(
    'content-type',
    `Send Content-Type: application/json (one event or an array) or application/x-ndjson (one a line), not ${sent}.`,
  );
}

async function readText(req: Request): Promise<string> {
  if (Number(req.headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not close the connection: the answer still goes over it.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return decode(Buffer.concat(chunks));
}

function tooLarge(): PayloadTooLarge {
  return new PayloadTooLarge(
    'body-too-large',
    `The body is larger than ${MAX_BYTES} bytes. Send it in parts, or import a file.`,
  );
}

/** Bytes that are not UTF-8 would become another id in silence. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadRequest('body-not-utf8', 'The body is not UTF-8. Encode it as UTF-8 and send it again.');
  }
}

function parseJson(text: string): RawEvent[] {
  const value = parse(text, 'The body');
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((event, index) => ({ line: index + 1, value: event }));
}

function parseLines(text: string): RawEvent[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.trim() === '' ? [] : [{ line: index + 1, value: parse(line, `Line ${index + 1}`) }],
    );
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadRequest(
      'json-malformed',
      `${what} is not valid JSON: ${reason}. Nothing was stored. One event a line is application/x-ndjson.`,
    );
  }
}
