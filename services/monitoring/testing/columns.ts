/** Rows of the reference and of a run: uniform from 0, so that shares and distances can be computed by hand. */
export const ROWS = 2_400;

/** Made of the row's number; null is missing. */
type Column = (row: number) => number | null;

const missingEvery =
  (nth: number): Column =>
  (row) =>
    row % nth === 0 ? null : row;

/** What a test expects of each feature: the value that each row had, and has. */
export const FEATURES: Record<string, { before: Column; now: Column }> = {
  'purchases@1:same': { before: (row) => row, now: (row) => ROWS - 1 - row },
  'purchases@1:shifted_little': { before: (row) => row, now: (row) => row + 0.06 * ROWS },
  'purchases@1:shifted_much': { before: (row) => row, now: (row) => row + 0.5 * ROWS },
  'purchases@1:missing_alike': { before: missingEvery(4), now: missingEvery(4) },
  'purchases@1:goes_missing': { before: (row) => row, now: missingEvery(2) },
  'purchases@1:constant': { before: () => 5, now: () => 5 },
  'purchases@1:constant_fell': { before: () => 5, now: () => 3 },
};

export const score = (row: number) => row / ROWS;

export const names = Object.keys(FEATURES);

/** The columns one after another, as packReference wants them: the features, then the score. */
export function referenceData(rows = ROWS): Float32Array {
  const columns: Column[] = [...Object.values(FEATURES).map(({ before }) => before), score];
  return Float32Array.from(
    columns.flatMap((column) => Array.from({ length: rows }, (_, row) => column(row) ?? Number.NaN)),
  );
}
