import koffi from 'koffi';
import type { XgboostLibrary } from './xgboost-library.ts';

export interface Matrix {
  /** Row-major; NaN is missing. */
  data: Float32Array;
  rows: number;
  columns: number;
}

export interface TrainingOptions {
  parameters: Record<string, string | number>;
  rounds: number;
  onRound?: (done: number) => void;
}

export interface Booster {
  /** Margins (log odds) of rows. */
  margins(matrix: Matrix): Float32Array;
  /** The model as XGBoost saves it, JSON. */
  save(): unknown;
  free(): void;
}

/** Trains on rows with labels 0 or 1. The same input, parameters and number of threads give the same model. */
export function trainBooster(
  library: XgboostLibrary,
  train: Matrix,
  labels: Float32Array,
  options: TrainingOptions,
): Booster {
  const matrix = createMatrix(library, train, labels);
  const out: unknown[] = [null];
  try {
    library.call('XGBoosterCreate', [matrix], 1, out);
    const booster = out[0];
    for (const [name, value] of Object.entries(options.parameters))
      library.call('XGBoosterSetParam', booster, name, String(value));
    for (let round = 0; round < options.rounds; round++) {
      library.call('XGBoosterUpdateOneIter', booster, round, matrix);
      options.onRound?.(round + 1);
    }
    return {
      margins: (rows) => margins(library, booster, rows),
      save: () => save(library, booster),
      free: () => library.call('XGBoosterFree', booster),
    };
  } finally {
    library.call('XGDMatrixFree', matrix);
  }
}

function createMatrix(
  library: XgboostLibrary,
  { data, rows, columns }: Matrix,
  labels: Float32Array | null,
): unknown {
  const out: unknown[] = [null];
  library.call('XGDMatrixCreateFromMat', data, rows, columns, Number.NaN, out);
  if (labels !== null) library.call('XGDMatrixSetFloatInfo', out[0], 'label', labels, rows);
  return out[0];
}

/** type 1: the margin. */
const MARGIN = JSON.stringify({
  type: 1,
  training: false,
  iteration_begin: 0,
  iteration_end: 0,
  strict_shape: false,
});

function margins(library: XgboostLibrary, booster: unknown, matrix: Matrix): Float32Array {
  if (matrix.rows === 0) return new Float32Array(0);
  const rows = createMatrix(library, matrix, null);
  try {
    const shape: unknown[] = [null];
    const dimensions: unknown[] = [0];
    const result: unknown[] = [null];
    library.call('XGBoosterPredictFromDMatrix', booster, rows, MARGIN, shape, dimensions, result);
    // XGBoost's memory, good until the next call: copied.
    return Float32Array.from(
      koffi.decode(result[0], koffi.array('float', matrix.rows, 'Typed')) as Float32Array,
    );
  } finally {
    library.call('XGDMatrixFree', rows);
  }
}

function save(library: XgboostLibrary, booster: unknown): unknown {
  const length: unknown[] = [0];
  const buffer: unknown[] = [null];
  library.call('XGBoosterSaveModelToBuffer', booster, JSON.stringify({ format: 'json' }), length, buffer);
  const bytes = koffi.decode(buffer[0], koffi.array('uint8_t', Number(length[0]), 'Typed')) as Uint8Array;
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
