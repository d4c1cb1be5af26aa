import type { RowError } from '@churn/contracts';
import type { Duck } from '@churn/lake';
import { checkRow, type Fault, type SourceRules } from '../events/source-rules.ts';
import type { MalformedLine } from './parse-file.ts';
import { recordLines } from './record-lines.ts';

const name = (column: string) => `"${column.replaceAll('"', '""')}"`;
/** Faults that are worded; the rest are in the rejects file. */
const WORDED = 1_000;

/** What is wrong with the bad rows, in the order of the file: line, column, value, reason. */
export async function wordBadRows(
  duck: Duck,
  file: { path: string; format: 'csv' | 'parquet' },
  rules: SourceRules,
  malformed: readonly MalformedLine[],
  latestUs: number,
): Promise<RowError[]> {
  const rows = await duck.rows<Record<string, unknown> & { ordinal: bigint }>(
    `SELECT raw.ordinal, ${rules.columns.map((column) => `raw.${name(column)}`).join(', ')}
     FROM raw JOIN checked USING (ordinal) WHERE NOT coalesce(good, false) ORDER BY raw.ordinal LIMIT ${WORDED}`,
  );
  const ordinals = rows.map((row) => Number(row.ordinal));
  const lines =
    file.format === 'csv'
      ? await recordLines(file.path, ordinals, new Set(malformed.map(({ line }) => line)))
      : null;
  const worded = rows.flatMap((row) => {
    const faults: Fault[] = [];
    checkRow(rules, (column) => String(row[column] ?? ''), latestUs, faults);
    if (faults.length === 0) faults.push({ column: '', value: null, reason: 'is not valid' });
    const ordinal = Number(row.ordinal);
    return faults.map((fault): RowError => ({ line: lines?.get(ordinal) ?? ordinal + 1, ...fault }));
  });
  return [...worded, ...malformed.map((fault): RowError => ({ ...fault, value: null }))].sort(
    (a, b) => a.line - b.line,
  );
}
