import { setImmediate as nextTurn } from 'node:timers/promises';
import { riskOf, type Scorer } from '@churn/model';
import type { Context } from '../context.ts';
import { backoffMs } from '../decisions.ts';
import { holding, LeaseLost } from '../leases.ts';
import { type Chunk, claimChunk } from '../queries/claim-chunk.ts';
import { renewChunk, returnChunk } from '../queries/hold-chunk.ts';
import { wakeFinishedRun } from '../queries/wake-finished-run.ts';
import type { ScoredRows } from './copy-rows.ts';
import { readSlice, type Slice } from './read-slice.ts';
import { writeChunk } from './write-chunk.ts';

export type ChunkOutcome =
  /** Its rows and its completion are committed. */
  | { did: 'scored'; rows: number }
  /** Done, in other hands, or its run is not being scored: nothing to do. */
  | { did: 'nothing' }
  /** Another worker took it over meanwhile: what this one wrote is rolled back. */
  | { did: 'fenced' }
  | { did: 'failed'; error: string };

/** ONNX Runtime blocks the event loop while it scores: so many rows at a time are some 20 ms. */
const ROWS_AT_ONCE = 4_096;

/** One job of the queue: claims the chunk in the ledger, scores its rows, and writes them with its completion. Throws only when the ledger is out of reach. */
export async function scoreChunk(
  context: Context,
  job: { runId: string; chunkId: number },
): Promise<ChunkOutcome> {
  const { limits, pool } = context;
  const claim = { worker: context.processName, leaseMs: limits.leaseMs, chunkAttempts: limits.chunkAttempts };
  const chunk = await claimChunk(pool, job, claim);
  if (chunk === null) return { did: 'nothing' };
  try {
    const renew = () => renewChunk(pool, chunk, limits.leaseMs);
    const rows = await holding(limits.leaseMs, renew, (signal) => scoreClaimed(context, chunk, signal));
    await wakeFinishedRun(pool, chunk.runId);
    return { did: 'scored', rows };
  } catch (error) {
    if (error instanceof LeaseLost) return { did: 'fenced' };
    return giveBack(context, chunk, error);
  }
}

async function scoreClaimed(context: Context, chunk: Chunk, signal: AbortSignal): Promise<number> {
  const startedMs = performance.now();
  const { scorer, manifest } = await context.scorers.get(chunk);
  await context.hooks.at('claimed', chunk);
  const slice = await readSlice(context.duck, {
    path: context.lakePath(chunk.snapshotPath),
    rowFrom: chunk.rowFrom,
    rowTo: chunk.rowTo,
    features: manifest.features,
  });
  const scored = await scoreSlice(scorer, slice, manifest, signal);
  await context.hooks.at('scored', chunk);
  const durationMs = () => performance.now() - startedMs;
  await writeChunk(context, chunk, scored, durationMs);
  context.metrics.chunkScored(scored.ids.length, durationMs() / 1000);
  return scored.ids.length;
}

async function scoreSlice(
  scorer: Scorer,
  slice: Slice,
  manifest: { features: readonly string[]; thresholds: { medium: number; high: number } },
  signal: AbortSignal,
): Promise<ScoredRows> {
  const rows = slice.ids.length;
  const width = manifest.features.length;
  const probabilities = new Float32Array(rows);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    signal.throwIfAborted();
    const to = Math.min(rows, from + ROWS_AT_ONCE);
    probabilities.set(await scorer.score(slice.matrix.subarray(from * width, to * width), to - from), from);
    await nextTurn();
  }
  const risks = Array.from(probabilities, (probability) => riskOf(probability, manifest.thresholds));
  return { ids: slice.ids, eligible: slice.eligible, probabilities, risks };
}

async function giveBack(context: Context, chunk: Chunk, error: unknown): Promise<ChunkOutcome> {
  const message = error instanceof Error ? error.message : String(error);
  context.log.warn('chunk failed', {
    run_id: chunk.runId,
    chunk_id: chunk.chunkId,
    attempt: chunk.attempts,
    error: message,
  });
  const failure = { error: message, inMs: backoffMs(chunk.attempts, context.limits) };
  await returnChunk(context.pool, chunk, failure);
  return { did: 'failed', error: message };
}
