import { type Platt, plattFit, seededRandom, sigmoid } from '@churn/statistics';
import { type Matrix, trainBooster } from './booster.ts';
import { type TrainingParameters, xgboostParameters } from './parameters.ts';
import { filterRows, type Rows } from './read-rows.ts';
import type { XgboostLibrary } from './xgboost-library.ts';

/** Weight of a positive that balances the classes. */
export function positiveWeight(labels: Float32Array): number {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return (labels.length - positives) / positives;
}

/** Folds where nothing else is asked for. */
const FOLDS = 5;

/** Margins of rows by models that were trained without their customers. */
export interface OutOfFold {
  margins: Float32Array;
  /** Fold of each row. */
  folds: Uint8Array;
}

/** Trains a model without each fold of customers, so that no customer's own rows shaped the model that scored them, and scores the fold with it. */
export function scoreOutOfFold(
  library: XgboostLibrary,
  rows: Rows,
  training: TrainingParameters,
  onFold: (done: number, total: number) => void,
): OutOfFold {
  const count = training.validation?.folds ?? FOLDS;
  const folds = foldsOf(rows.customers, training.seed, count);
  const margins = new Float32Array(rows.rows);
  for (let fold = 0; fold < count; fold++) {
    const inside = filterRows(rows, (row) => folds[row] !== fold);
    const outside = filterRows(rows, (row) => folds[row] === fold);
    const found = marginsOf(library, inside, outside, training);
    let next = 0;
    for (let row = 0; row < rows.rows; row++) if (folds[row] === fold) margins[row] = found[next++] ?? 0;
    onFold(fold + 1, count);
  }
  return { margins, folds };
}

/** Platt scaling on out-of-fold margins. It undoes what balancing the classes did to the probabilities. */
export function calibrate({ margins }: OutOfFold, labels: Float32Array): Platt {
  return plattFit(margins, labels);
}

/** Each row's probability without anything of its fold: its margin, calibrated on the other folds. */
export function probabilitiesOutOfFold({ margins, folds }: OutOfFold, labels: Float32Array): Float32Array {
  const scores = new Float32Array(margins.length);
  for (const fold of new Set(folds)) {
    const others = (_: number, row: number) => folds[row] !== fold;
    const { slope, intercept } = plattFit(margins.filter(others), labels.filter(others));
    for (const [row, margin] of margins.entries())
      if (folds[row] === fold) scores[row] = sigmoid(slope * margin + intercept);
  }
  return scores;
}

function marginsOf(
  library: XgboostLibrary,
  inside: Rows,
  outside: Matrix,
  training: TrainingParameters,
): Float32Array {
  const booster = trainBooster(
    library,
    inside,
    inside.labels,
    xgboostParameters(training, positiveWeight(inside.labels)),
  );
  try {
    return booster.margins(outside);
  } finally {
    booster.free();
  }
}

function foldsOf(customers: Uint32Array, seed: number, folds: number): Uint8Array {
  const random = seededRandom(seed);
  const count = customers.reduce((most, customer) => Math.max(most, customer + 1), 0);
  const ofCustomer = Uint8Array.from({ length: count }, () => Math.floor(random() * folds));
  return customers.length === 0
    ? new Uint8Array(0)
    : Uint8Array.from(customers, (customer) => ofCustomer[customer] ?? 0);
}
