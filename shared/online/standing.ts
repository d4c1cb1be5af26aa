import type { Redis } from 'ioredis';
import { FENCE, REFUSED } from './fence.ts';
import { buildingKey, markKey, projectedKey } from './keys.ts';
import { type OnlineMark, parseMark } from './mark.ts';
import { GenerationReplaced } from './online-error.ts';

/** Where a project's online state stands, for those who write it. */
export interface Standing {
  mark: OnlineMark | null;
  /** The states hold every event up to here; null: nobody knows. Behind the projector's own checkpoint: the store was set back in time. */
  projected: number | null;
  /** A rebuild was begun, and its end or the sweep after it is still to come. */
  building: boolean;
}

/** One round trip. */
export async function readStanding(redis: Redis, project: string): Promise<Standing> {
  const [mark, projected, building] = await redis.mget(
    markKey(project),
    projectedKey(project),
    buildingKey(project),
  );
  return {
    mark: parseMark(mark ?? null),
    projected: typeof projected === 'string' ? Number(projected) : null,
    building: typeof building === 'string',
  };
}

const ADVANCE = `${FENCE}
redis.call('SET', KEYS[3], ARGV[2])
return 1`;

/** Says how far the states of the serving generation are. Throws GenerationReplaced when it serves no more. */
export async function advance(
  redis: Redis,
  project: string,
  generation: number,
  position: number,
): Promise<void> {
  const keys = [markKey(project), buildingKey(project), projectedKey(project)];
  const answer = await redis.eval(ADVANCE, keys.length, ...keys, generation, position);
  if (Number(answer) === REFUSED) throw new GenerationReplaced(project, generation);
}
