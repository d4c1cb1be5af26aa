import { PSI, runDriftTests } from './drift-tests.ts';
import { type PsiBin, psi } from './stability.ts';

type DriftStatus = 'stable' | 'moderate' | 'drifted' | 'not-comparable';

export interface Drift {
  status: DriftStatus;
  /** By name, see DRIFT_STATISTICS; those that there is a value of. */
  statistics: Readonly<Record<string, number>>;
  referenceNullRate: number;
  currentNullRate: number;
  bins: PsiBin[];
  /** Why the columns were not compared; null when they were. */
  reason: string | null;
}

/** The usual reading of the index (Siddiqi 2006): below 0.1 nothing happened, from 0.2 the population is another one. */
const PSI_MODERATE = 0.1;
const PSI_DRIFTED = 0.2;
/**
 * Least size of the two samples together, nm / (n + m). Of samples of one population the index times that size is about chi-squared with 9
 * degrees of freedom: at 200 one comparison in 50 passes 0.1 by chance and one in 100,000 passes 0.2.
 */
const SMALLEST_SIZE = 200;

/**
 * Compares a column with its reference; NaN is missing. The stability index decides the status, because it measures size: at many thousands
 * of rows a Kolmogorov-Smirnov p-value calls every trifle significant. Other statistics stand beside it for whoever wants them.
 */
export function driftOf(reference: Float32Array, current: Float32Array): Drift {
  const before = reference.filter((x) => !Number.isNaN(x));
  const after = current.filter((x) => !Number.isNaN(x));
  const rates = {
    referenceNullRate: reference.length === 0 ? 0 : 1 - before.length / reference.length,
    currentNullRate: current.length === 0 ? 0 : 1 - after.length / current.length,
  };
  const few = tooFew(reference.length, current.length);
  if (few !== null) return notComparable(rates, few);
  const index = psi(reference, current);
  const status = index.value >= PSI_DRIFTED ? 'drifted' : index.value >= PSI_MODERATE ? 'moderate' : 'stable';
  const same = status === 'stable' ? nothingToCompare(before, after) : null;
  if (same !== null) return notComparable(rates, same);
  return {
    status,
    statistics: { [PSI.name]: index.value, ...runDriftTests(before, after) },
    ...rates,
    bins: index.bins,
    reason: null,
  };
}

function notComparable(rates: Pick<Drift, 'referenceNullRate' | 'currentNullRate'>, reason: string): Drift {
  return {
    status: 'not-comparable',
    statistics: {},
    ...rates,
    bins: [],
    reason,
  };
}

function tooFew(reference: number, current: number): string | null {
  if (reference <= SMALLEST_SIZE)
    return `not enough data: the reference has ${reference} rows, and more than ${SMALLEST_SIZE} are needed; train on more customers`;
  const needed = Math.ceil((SMALLEST_SIZE * reference) / (reference - SMALLEST_SIZE));
  if (current >= needed) return null;
  return `not enough data: ${current} rows now, and ${needed} are needed beside a reference of ${reference}`;
}

/** Two columns without a distribution: nothing in either, or one value in both. */
function nothingToCompare(before: Float32Array, after: Float32Array): string | null {
  const first = before[0] ?? after[0];
  if (first === undefined) return 'not enough data: every value is missing, now as in the reference';
  const constant = before.every((x) => x === first) && after.every((x) => x === first);
  return constant ? `not enough data: every value is ${first}, now as in the reference` : null;
}
