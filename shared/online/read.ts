import type { Redis } from 'ioredis';
import { markKey, stateKey } from './keys.ts';
import { type OnlineMark, parseMark } from './mark.ts';

export interface OnlineRead {
  /** null: no generation is complete, and every state is null whatever Redis holds. */
  mark: OnlineMark | null;
  /** One row a view, one column an id, in the order asked. null: the view has no event of that customer. */
  states: (Buffer | null)[][];
}

/** Keys a MGET may carry: a bound on how long Redis, which does one thing at a time, is held up. */
const KEYS_PER_COMMAND = 500;

/** States of one known generation, in the order of `ids`. */
export async function readGeneration(
  redis: Redis,
  project: string,
  generation: number,
  view: string,
  ids: readonly string[],
): Promise<(Buffer | null)[]> {
  const keys = ids.map((id) => stateKey(project, generation, view, id));
  const pipeline = redis.pipeline();
  const chunks = queueReads(pipeline, keys);
  return collect(await pipeline.exec(), chunks);
}

/**
 * States and the mark in one round trip, by the generation known from the last read.
 * The mark is read after the states: an old generation is deleted only once the mark has moved on, so a mark that still names
 * the generation that was read proves that nothing of it was missing.
 */
export async function readOnce(
  redis: Redis,
  project: string,
  generation: number,
  views: readonly string[],
  ids: readonly string[],
): Promise<OnlineRead> {
  const pipeline = redis.pipeline();
  const keys = views.flatMap((view) => ids.map((id) => stateKey(project, generation, view, id)));
  const chunks = queueReads(pipeline, keys);
  pipeline.get(markKey(project));
  const replies = await pipeline.exec();
  const mark = parseMark(asText(replies?.at(-1)));
  const found = collect(replies, chunks);
  return { mark, states: views.map((_, v) => found.slice(v * ids.length, (v + 1) * ids.length)) };
}

type Pipeline = ReturnType<Redis['pipeline']>;
type Reply = [error: Error | null, result: unknown];

function queueReads(pipeline: Pipeline, keys: readonly string[]): number {
  let chunks = 0;
  for (let at = 0; at < keys.length; at += KEYS_PER_COMMAND) {
    pipeline.mgetBuffer(keys.slice(at, at + KEYS_PER_COMMAND));
    chunks++;
  }
  return chunks;
}

function collect(replies: Reply[] | null, chunks: number): (Buffer | null)[] {
  const states: (Buffer | null)[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const values = resultOf(replies?.[chunk]);
    if (!Array.isArray(values)) throw new Error('Redis answered MGET with something other than a list');
    for (const value of values) states.push(Buffer.isBuffer(value) ? value : null);
  }
  return states;
}

function asText(reply: Reply | undefined): string | null {
  const value = resultOf(reply);
  return typeof value === 'string' ? value : null;
}

function resultOf(reply: Reply | undefined): unknown {
  if (reply === undefined) throw new Error('Redis closed the connection within a pipeline');
  if (reply[0]) throw reply[0];
  return reply[1];
}
