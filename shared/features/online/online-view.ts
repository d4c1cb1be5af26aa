/** An event as the projector reads it from the inbox. */
export interface OnlineEvent {
  position: number;
  occurredUs: number;
  /** Declared fields as fixed-point integers; a missing one adds nothing to a sum and meets no condition. */
  fields: Readonly<Record<string, number>>;
}

export interface Evaluation {
  /** The instant the features hold for: the asked one, or just after the last event applied if that is later. */
  asOfUs: number;
  /** Last event before asOfUs, null when the state holds none. */
  lastUs: number | null;
  /** Whole UTC days from the last event to asOfUs. */
  daysSinceLast: number | null;
}

/** One view's state of one customer: how events go in and features come out. Pure; states are immutable bytes. */
export interface OnlineView {
  readonly key: string;
  readonly featureNames: readonly string[];
  /**
   * Adds events and returns the new state, or null when nothing changed. Events at positions up to the state's own are skipped;
   * events at or after `nowUs` are kept raw inside the state until due. A sum that leaves the exact integers (2^53 - 1) is null
   * from then on, and `onInexact` hears of it once. Throws StateOverflowError for an event that is not made of such integers, and
   * StateFormatError for bytes that are not a state of this view.
   */
  apply(
    state: Uint8Array | null,
    events: readonly OnlineEvent[],
    nowUs: number,
    onInexact?: (measure: string) => void,
  ): Uint8Array | null;
  /** Writes the features at `tUs` to out[offset..]; NaN stands for null. A null state is a customer without events. */
  evaluate(
    state: Uint8Array | null,
    tUs: number,
    out: Float32Array | Float64Array,
    offset: number,
  ): Evaluation;
  /** The last position applied; 0 for null. */
  position(state: Uint8Array | null): number;
}
