import type { Context } from '../context.ts';
import type { Run } from '../queries/claim-run.ts';

/** One step of a run, from the state it stands in to the next. It may be repeated from its beginning at any point. */
export type Step = (context: Context, run: Run, signal: AbortSignal) => Promise<StepOutcome>;
export type StepOutcome =
  /** The run is in its next state and ready for its next turn. */
  | { did: 'advance'; to: string }
  /** Chunks are being scored; so many were put into the queue. */
  | { did: 'wait'; enqueued: number };
