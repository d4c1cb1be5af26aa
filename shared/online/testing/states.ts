import type { Redis } from 'ioredis';
import type { OnlineMark } from '../mark.ts';
import { createOnlineStore } from '../store.ts';

export const VIEW = 'purchases@1';

/** A state as the store sees it: a format, a position, and content. */
export function state(position: number, content: string): Buffer {
  const head = Buffer.alloc(9);
  head[0] = 1;
  head.writeBigUInt64BE(BigInt(position), 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

export function mark(generation: number, changes: Partial<OnlineMark> = {}): OnlineMark {
  const built_at = '2026-03-05T10:00:00.000Z';
  return {
    generation,
    position: 10,
    definitions_hash: 'd',
    views: [VIEW],
    built_at,
    customers: 1,
    ...changes,
  };
}

/** A complete generation with one state a customer, at position 10. */
export async function fill(redis: Redis, project: string, generation: number, ids: readonly string[]) {
  const store = createOnlineStore(redis);
  await store.beginGeneration(project, generation);
  const entries = ids.map((id) => ({ view: VIEW, id, state: state(10, `${project} ${generation} ${id}`) }));
  await store.write(project, generation, entries);
  await store.switchGeneration(project, mark(generation));
  await store.dropOtherGenerations(project, generation);
}
