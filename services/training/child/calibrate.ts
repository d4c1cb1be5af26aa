import { type Platt, plattFit, seededRandom } from '@churn/statistics';
import { type Matrix, trainBooster } from './booster.ts';
import { type TrainingParameters, xgboostParameters } from './parameters.ts';
import { filterRows, type Rows } from './read-rows.ts';
import type { XgboostLibrary } from './xgboost-library.ts';

const FOLDS = 5;

/** Weight of a positive that balances the classes. */
export function positiveWeight(labels: Float32Array): number {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return (labels.length - positives) / positives;
}

/**
 * Platt scaling on out-of-fold margins: five folds by customer, so that no customer's own rows shaped the model that scored them. It undoes what
 * balancing the classes did to the probabilities. Only training cuts are seen.
 */
export function calibrate(
  library: XgboostLibrary,
  rows: Rows,
  training: TrainingParameters,
  onFold: (done: number, total: number) => void,
): Platt {
  const folds = foldsOf(rows.customers, training.seed);
  const margins = new Float32Array(rows.rows);
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = filterRows(rows, (row) => folds[row] !== fold);
    const outside = filterRows(rows, (row) => folds[row] === fold);
    const found = marginsOf(library, inside, outside, training);
    let next = 0;
    for (let row = 0; row < rows.rows; row++) if (folds[row] === fold) margins[row] = found[next++] ?? 0;
    onFold(fold + 1, FOLDS);
  }
  return plattFit(margins, rows.labels);
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

function foldsOf(customers: Uint32Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const count = customers.reduce((most, customer) => Math.max(most, customer + 1), 0);
  const ofCustomer = Uint8Array.from({ length: count }, () => Math.floor(random() * FOLDS));
  return customers.length === 0
    ? new Uint8Array(0)
    : Uint8Array.from(customers, (customer) => ofCustomer[customer] ?? 0);
}
