import type { Redis } from 'ioredis';
import { FENCE, REFUSED } from './fence.ts';
import { buildingKey, generationOf, markKey, projectedKey, statesPrefix } from './keys.ts';
import { type OnlineMark, onlineMark } from './mark.ts';
import { GenerationReplaced } from './online-error.ts';

/** Keys a SCAN looks at in one call. */
const SCAN_COUNT = 1000;

/** Says that a generation is being built: from here on it may be written, and one begun before it may not. */
export async function beginGeneration(redis: Redis, project: string, generation: number): Promise<void> {
  await redis.set(buildingKey(project), generation);
}

const SWITCH = `${FENCE}
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SET', KEYS[3], ARGV[3])
return 1`;

/** Makes a generation the complete one. Throws GenerationReplaced when another was begun since. */
export async function switchGeneration(redis: Redis, project: string, mark: OnlineMark): Promise<void> {
  const keys = [markKey(project), buildingKey(project), projectedKey(project)];
  const { generation, position } = mark;
  const text = JSON.stringify(onlineMark.parse(mark));
  const answer = await redis.eval(SWITCH, keys.length, ...keys, generation, text, position);
  if (Number(answer) === REFUSED) throw new GenerationReplaced(project, generation);
}

/** Ends the building of `generation` and no other. */
const END = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Deletes the states of every generation of the project but one, in bounded steps: what a switch or a rebuild that was cut short
 * left behind. Only the holder of the project's lock may ask for it. Returns how many keys were deleted.
 */
export async function dropOtherGenerations(redis: Redis, project: string, keep: number): Promise<number> {
  const building = await redis.get(buildingKey(project));
  // A rebuild that was taken for dead must not write behind the sweep.
  const over = building === null ? null : Number(building);
  if (over !== null && over !== keep) await redis.set(buildingKey(project), keep);
  const dropped = await sweep(redis, project, keep);
  await redis.eval(END, 1, buildingKey(project), keep);
  return dropped;
}

async function sweep(redis: Redis, project: string, keep: number): Promise<number> {
  let cursor = '0';
  let dropped = 0;
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${statesPrefix(project)}*`, 'COUNT', SCAN_COUNT);
    const old = keys.filter((key) => generationOf(project, key) !== keep);
    if (old.length > 0) dropped += await redis.unlink(...old);
    cursor = next;
  } while (cursor !== '0');
  return dropped;
}
