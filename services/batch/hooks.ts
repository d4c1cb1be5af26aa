/** Places at which a test stops, throws or looks. In production nothing happens there. */
export type Point =
  | 'frozen'
  | 'snapshot'
  | 'claimed'
  | 'scored'
  | 'copied'
  | 'updated'
  | 'committed'
  | 'keyed'
  | 'attached'
  | 'exporting'
  | 'exported';

export interface Hooks {
  at(point: Point, work: { runId: string; chunkId?: number }): Promise<void>;
}

export const NO_HOOKS: Hooks = { at: async () => {} };
