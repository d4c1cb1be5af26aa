import { BadRequest, PayloadTooLarge } from '@churn/platform';
import type { Request } from 'express';

const MAX_BYTES = 8 * 2 ** 20;
const MAX_EVENTS = 10_000;

/** The events of a request: one JSON object, an array of them, or one a line (application/x-ndjson). Bounded in bytes and number. */
export async function readEvents(req: Request): Promise<unknown[]> {
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

async function readText(req: Request): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES)
      throw new PayloadTooLarge(
        'body-too-large',
        `The body is larger than ${MAX_BYTES} bytes. Send it in parts, or import a file.`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    throw new BadRequest(
      'json-malformed',
      `The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function parseLines(text: string): unknown[] {
  const events: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      events.push(JSON.parse(line));
    } catch (error) {
      throw new BadRequest(
        'json-malformed',
        `Line ${index + 1} is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }
  return events;
}
