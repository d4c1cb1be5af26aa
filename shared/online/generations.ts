import type { Redis } from 'ioredis';
import { generationOf, statesPrefix } from './keys.ts';

/** Keys a SCAN looks at in one call. */
const SCAN_COUNT = 1000;

/**
 * Deletes the states of every generation of the project but one, in bounded steps: what a switch or a rebuild that was cut short
 * left behind. Returns how many keys were deleted. Stops early when `signal` aborts; the next call goes on.
 */
export async function dropOtherGenerations(
  redis: Redis,
  project: string,
  keep: number,
  signal?: AbortSignal,
): Promise<number> {
  let cursor = '0';
  let dropped = 0;
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${statesPrefix(project)}*`, 'COUNT', SCAN_COUNT);
    const old = keys.filter((key) => generationOf(project, key) !== keep);
    if (old.length > 0) dropped += await redis.unlink(...old);
    cursor = next;
  } while (cursor !== '0' && !signal?.aborted);
  return dropped;
}
