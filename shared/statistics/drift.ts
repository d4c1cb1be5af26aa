import { ksTwoSample } from './kolmogorov-smirnov.ts';
import { type PsiBin, psi } from './stability.ts';

export type DriftStatus = 'stable' | 'moderate' | 'drifted' | 'not-comparable';

export interface Drift {
  status: DriftStatus;
  psi: number | null;
  ksStatistic: number | null;
  ksPValue: number | null;
  referenceNullRate: number;
  currentNullRate: number;
  bins: PsiBin[];
  /** Why the columns were not compared; null when they were. */
  reason: string | null;
}

/** The usual reading of the index (Siddiqi 2006): below 0.1 nothing happened, from 0.2 the population is another one. */
export const PSI_MODERATE = 0.1;
export const PSI_DRIFTED = 0.2;
/** Fewer current values than this fill ten bins too thinly: an index of samples from one population passes 0.1 by chance. */
export const SMALLEST_SAMPLE = 200;

/**
 * Compares a column with its reference; NaN is missing. The stability index decides the status, because it measures size: at many thousands
 * of rows a Kolmogorov-Smirnov p-value calls every trifle significant. Statistic and p-value stand beside it for whoever wants them.
 */
export function driftOf(reference: Float32Array, current: Float32Array): Drift {
  const before = reference.filter((x) => !Number.isNaN(x));
  const after = current.filter((x) => !Number.isNaN(x));
  const rates = {
    referenceNullRate: reference.length === 0 ? 0 : 1 - before.length / reference.length,
    currentNullRate: current.length === 0 ? 0 : 1 - after.length / current.length,
  };
  const small = Math.min(reference.length, current.length);
  if (small < SMALLEST_SAMPLE) {
    const reason = `${small} rows are too few to compare; ${SMALLEST_SAMPLE} are needed`;
    return {
      status: 'not-comparable',
      psi: null,
      ksStatistic: null,
      ksPValue: null,
      ...rates,
      bins: [],
      reason,
    };
  }
  const index = psi(reference, current);
  const ks = before.length === 0 || after.length === 0 ? null : ksTwoSample(before, after);
  const status = index.value >= PSI_DRIFTED ? 'drifted' : index.value >= PSI_MODERATE ? 'moderate' : 'stable';
  return {
    status,
    psi: index.value,
    ksStatistic: ks?.statistic ?? null,
    ksPValue: ks?.pValue ?? null,
    ...rates,
    bins: index.bins,
    reason: null,
  };
}
