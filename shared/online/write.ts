import type { Redis } from 'ioredis';
import { FENCE, REFUSED } from './fence.ts';
import { buildingKey, markKey, stateKey } from './keys.ts';
import { GenerationReplaced } from './online-error.ts';

/** A state to be stored: what shared/features made of the view's events of one customer. */
export interface StateEntry {
  /** `name@version` */
  view: string;
  id: string;
  /** Byte 0 is the format, bytes 1 to 8 the position of the last event applied, big-endian. */
  state: Uint8Array;
}

/**
 * Replaces a state only by one that knows more. Positions are compared as two 32-bit halves: a Lua number is a double, and Lua's
 * comparison of strings depends on the server's locale.
 */
const WRITE_NEWER = `${FENCE}
local written = 0
for i = 3, #KEYS do
  local state = ARGV[i - 1]
  local old = redis.call('GETRANGE', KEYS[i], 1, 8)
  local newer = #old < 8
  if not newer then
    local oldHigh, oldLow = struct.unpack('>I4I4', old)
    local high, low = struct.unpack('>I4I4', string.sub(state, 2, 9))
    newer = high > oldHigh or (high == oldHigh and low > oldLow)
  end
  if newer then
    redis.call('SET', KEYS[i], state)
    written = written + 1
  end
end
return written`;

/** States a script call carries; Redis does nothing else meanwhile, so it is kept to well under a millisecond. */
const STATES_PER_CALL = 100;
/** Calls on their way at once. */
const CALLS_PER_TRIP = 20;

/**
 * Stores states, each only if its position is above the stored one's. Returns how many were stored. Throws GenerationReplaced when the
 * generation is neither serving nor being built.
 */
export async function writeStates(
  redis: Redis,
  project: string,
  generation: number,
  entries: readonly StateEntry[],
): Promise<number> {
  let written = 0;
  for (let at = 0; at < entries.length; at += STATES_PER_CALL * CALLS_PER_TRIP) {
    written += await writeTrip(
      redis,
      project,
      generation,
      entries.slice(at, at + STATES_PER_CALL * CALLS_PER_TRIP),
    );
  }
  return written;
}

async function writeTrip(
  redis: Redis,
  project: string,
  generation: number,
  entries: readonly StateEntry[],
): Promise<number> {
  const pipeline = redis.pipeline();
  const fence = [markKey(project), buildingKey(project)];
  for (let at = 0; at < entries.length; at += STATES_PER_CALL) {
    const chunk = entries.slice(at, at + STATES_PER_CALL);
    const keys = [...fence, ...chunk.map(({ view, id }) => stateKey(project, generation, view, id))];
    const states = chunk.map(({ state }) => Buffer.from(state.buffer, state.byteOffset, state.byteLength));
    // EVAL, not EVALSHA: the text is short beside the states, and a restarted Redis needs no second try.
    pipeline.eval(WRITE_NEWER, keys.length, ...keys, generation, ...states);
  }
  let written = 0;
  for (const [error, result] of (await pipeline.exec()) ?? []) {
    if (error) throw error;
    if (Number(result) === REFUSED) throw new GenerationReplaced(project, generation);
    written += Number(result);
  }
  return written;
}
