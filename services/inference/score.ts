import type { OnlineRead } from '@churn/online';
import type { Champion } from './champion.ts';

/** What is known of one customer asked for. */
export type Outcome =
  | { kind: 'scored'; probability: number; eligible: boolean; values: Float32Array; asOfMs: number }
  | { kind: 'stored'; probability: number; eligible: boolean; model: string; asOfMs: number }
  | { kind: 'unknown' }
  /** Neither features nor a stored prediction within reach. */
  | { kind: 'unavailable' };

/** Whether this read can be answered from: complete, and with every view that the model reads. */
export function isComplete(read: OnlineRead, champion: Champion): boolean {
  const { mark } = read;
  return mark !== null && champion.viewKeys.every((key) => mark.views.includes(key));
}

/**
 * Features and scores of customers, one matrix and one scoring call for all of them. Outcomes are in the order of the columns of
 * `read.states`. A customer without any event so far is unknown.
 */
export async function scoreStates(
  champion: Champion,
  read: OnlineRead,
  count: number,
  nowMs: number,
): Promise<Outcome[]> {
  const width = champion.scorer.width;
  const matrix = new Float32Array(count * width);
  const outcomes: Outcome[] = new Array(count);
  const known: { index: number; eligible: boolean; asOfMs: number }[] = [];
  for (let index = 0; index < count; index++) {
    const evaluated = fillRow(champion, read, index, nowMs * 1000, matrix, known.length * width);
    if (evaluated === null) outcomes[index] = { kind: 'unknown' };
    else known.push({ index, ...evaluated });
  }
  const rows = matrix.subarray(0, known.length * width);
  const probabilities =
    known.length === 0 ? new Float32Array(0) : await champion.scorer.score(rows, known.length);
  for (const [row, { index, eligible, asOfMs }] of known.entries()) {
    const values = matrix.subarray(row * width, (row + 1) * width);
    outcomes[index] = {
      kind: 'scored',
      probability: probabilities[row] ?? Number.NaN,
      eligible,
      values,
      asOfMs,
    };
  }
  return outcomes;
}

/** Features of a view before they take their places in the row; grows to the widest view. */
let scratch = new Float32Array(256);

/** Writes one customer's row at `at`; null when the customer has no event before the instant. */
function fillRow(
  champion: Champion,
  read: OnlineRead,
  index: number,
  tUs: number,
  matrix: Float32Array,
  at: number,
): { eligible: boolean; asOfMs: number } | null {
  let asOfUs = tUs;
  let seen = false;
  let daysSinceLast: number | null = null;
  let unless = Number.NaN;
  for (const [v, { online, columns }] of champion.views.entries()) {
    if (scratch.length < online.featureNames.length) scratch = new Float32Array(online.featureNames.length);
    const evaluation = online.evaluate(read.states[v]?.[index] ?? null, tUs, scratch, 0);
    for (const [from, to] of columns) matrix[at + to] = scratch[from] ?? Number.NaN;
    if (evaluation.lastUs !== null) seen = true;
    if (v === 0) daysSinceLast = evaluation.daysSinceLast;
    if (v === champion.left?.view) unless = scratch[champion.left.feature] ?? Number.NaN;
    asOfUs = Math.max(asOfUs, evaluation.asOfUs);
  }
  return seen ? { eligible: champion.eligible({ daysSinceLast, unless }), asOfMs: asOfUs / 1000 } : null;
}
