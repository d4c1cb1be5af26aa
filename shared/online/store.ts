import type { Redis } from 'ioredis';
import { beginGeneration, dropOtherGenerations, switchGeneration } from './generations.ts';
import { markKey } from './keys.ts';
import { type OnlineMark, parseMark } from './mark.ts';
import { exchange } from './online-error.ts';
import { type OnlineRead, readGeneration, readOnce } from './read.ts';
import { advance, readStanding, type Standing } from './standing.ts';
import { type StateEntry, writeStates } from './write.ts';

/**
 * Online state in Redis. Every method rejects with OnlineStoreError when Redis fails, within the time limits of its connection. Views are
 * `name@version`. Writers hold the project's lock in Postgres; one that lost it unnoticed gets GenerationReplaced.
 */
export interface OnlineStore {
  /** The complete generation, or null. */
  mark(project: string): Promise<OnlineMark | null>;
  /** What a writer must know before it begins. */
  standing(project: string): Promise<Standing>;
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
  /** Opens a new generation to writes, and closes any other that is not serving. */
  beginGeneration(project: string, generation: number): Promise<void>;
  /** Stores states, each only if its position is above the stored one's. Returns how many were stored. */
  write(project: string, generation: number, entries: readonly StateEntry[]): Promise<number>;
  /** Says that the serving generation holds every event up to a position. */
  advance(project: string, generation: number, position: number): Promise<void>;
  /** Makes a generation the complete one. Readers follow with their next read. */
  switchGeneration(project: string, mark: OnlineMark): Promise<void>;
  /** Deletes all states but those of one generation, in bounded steps; returns how many. */
  dropOtherGenerations(project: string, keep: number): Promise<number>;
}

/** Tries of a read whose generation is replaced while it runs; rebuilds are minutes apart, so the second succeeds. */
const READ_TRIES = 3;

/** Creates the store on a connection that stays the caller's to close. */
export function createOnlineStore(redis: Redis): OnlineStore {
  const mark = async (project: string) => parseMark(await redis.get(markKey(project)));
  const read = createReader(redis, mark);
  return {
    mark: (...given) => exchange(() => mark(...given)),
    standing: (...given) => exchange(() => readStanding(redis, ...given)),
    read: (...given) => exchange(() => read(...given)),
    readGeneration: (...given) => exchange(() => readGeneration(redis, ...given)),
    beginGeneration: (...given) => exchange(() => beginGeneration(redis, ...given)),
    write: (...given) => exchange(() => writeStates(redis, ...given)),
    advance: (...given) => exchange(() => advance(redis, ...given)),
    switchGeneration: (...given) => exchange(() => switchGeneration(redis, ...given)),
    dropOtherGenerations: (...given) => exchange(() => dropOtherGenerations(redis, ...given)),
  };
}

function createReader(redis: Redis, mark: OnlineStore['mark']): OnlineStore['read'] {
  /** Last complete generation seen, by project. */
  const known = new Map<string, number>();
  return async (project, views, ids) => {
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
  };
}
