import type { Redis } from 'ioredis';
import { dropOtherGenerations } from './generations.ts';
import { markKey } from './keys.ts';
import { type OnlineMark, onlineMark, parseMark } from './mark.ts';
import { type OnlineRead, readGeneration, readOnce } from './read.ts';
import { type StateEntry, writeStates } from './write.ts';

/** Online state in Redis. Every method rejects with Redis's own error when it is out of reach. Views are `name@version`. */
export interface OnlineStore {
  /** The complete generation, or null. */
  mark(project: string): Promise<OnlineMark | null>;
  /**
   * States of the complete generation, as states[view][id], and its mark: one round trip, a second one only on the first read and
   * after a rebuild. mark null: nothing is complete and all states are null. A view that is not in `mark.views` is not held.
   */
  read(project: string, views: readonly string[], ids: readonly string[]): Promise<OnlineRead>;
  /** States of one view in one generation, complete or not, in the order of `ids`. */
  readGeneration(
    project: string,
    generation: number,
    view: string,
    ids: readonly string[],
  ): Promise<(Buffer | null)[]>;
  /** Stores states, each only if its position is above the stored one's. Returns how many were stored. */
  write(project: string, generation: number, entries: readonly StateEntry[]): Promise<number>;
  /** Makes a generation the complete one. Readers follow with their next read. */
  switchGeneration(project: string, mark: OnlineMark): Promise<void>;
  /** Deletes all states but those of one generation, in bounded steps; returns how many. */
  dropOtherGenerations(project: string, keep: number, signal?: AbortSignal): Promise<number>;
}

/** Tries of a read whose generation is replaced while it runs; rebuilds are minutes apart, so the second succeeds. */
const READ_TRIES = 3;

/** Creates the store on a connection that stays the caller's to close. */
export function createOnlineStore(redis: Redis): OnlineStore {
  /** Last complete generation seen, by project. */
  const known = new Map<string, number>();

  async function read(
    project: string,
    views: readonly string[],
    ids: readonly string[],
  ): Promise<OnlineRead> {
    let generation = known.get(project);
    for (let tries = 0; tries < READ_TRIES; tries++) {
      const found =
        generation === undefined
          ? { mark: await mark(project), states: [] }
          : await readOnce(redis, project, generation, views, ids);
      if (found.mark === null) break;
      if (found.mark.generation === generation) return found;
      generation = found.mark.generation;
      known.set(project, generation);
    }
    known.delete(project);
    return { mark: null, states: views.map(() => ids.map(() => null)) };
  }

  async function mark(project: string): Promise<OnlineMark | null> {
    return parseMark(await redis.get(markKey(project)));
  }

  return {
    mark,
    read,
    readGeneration: (project, generation, view, ids) => readGeneration(redis, project, generation, view, ids),
    write: (project, generation, entries) => writeStates(redis, project, generation, entries),
    async switchGeneration(project, next) {
      await redis.set(markKey(project), JSON.stringify(onlineMark.parse(next)));
    },
    dropOtherGenerations: (project, keep, signal) => dropOtherGenerations(redis, project, keep, signal),
  };
}
