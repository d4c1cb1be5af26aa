import type { Duck } from '@churn/lake';
import { InvalidInput } from '@churn/platform';
import type { SourceRules } from '../events/source-rules.ts';

/** Rows of the file that DuckDB could not even split into columns. */
export interface MalformedLine {
  /** Byte of the file where it begins. */
  begin: number;
  /** As DuckDB counts, to which a record is one line however many it has. */
  line: number;
  column: string;
  reason: string;
}

const quote = (text: string) => text.replaceAll("'", "''");
const name = (column: string) => `"${column.replaceAll('"', '""')}"`;

/**
 * Loads a file into the table `raw`: `ordinal` from 0 in the order of the file, then each wanted column as text. Returns the lines of a CSV that
 * have another number of columns. Throws InvalidInput when the file is no such file, or a column is missing.
 */
export async function loadRaw(
  duck: Duck,
  path: string,
  format: 'csv' | 'parquet',
  rules: SourceRules,
): Promise<MalformedLine[]> {
  const reader =
    format === 'csv'
      ? `read_csv('${quote(path)}', delim = ',', quote = '"', escape = '"', header = true, all_varchar = true, null_padding = false, store_rejects = true, rejects_limit = 0, sample_size = 1000, strict_mode = true, max_line_size = 1048576)`
      : `read_parquet('${quote(path)}')`;
  await requireColumns(duck, reader, rules, format);
  const columns = rules.columns.map(
    (column) => `coalesce(CAST(${name(column)} AS VARCHAR), '') AS ${name(column)}`,
  );
  await run(
    duck,
    `CREATE TEMP TABLE raw AS SELECT row_number() OVER () - 1 AS ordinal, ${columns.join(', ')} FROM ${reader}`,
    format,
  );
  return format === 'csv' ? malformedLines(duck) : [];
}

async function requireColumns(duck: Duck, reader: string, rules: SourceRules, format: string): Promise<void> {
  const found = await described(duck, reader, format);
  const missing = rules.columns.filter((column) => !found.includes(column));
  if (missing.length > 0)
    throw new InvalidInput(
      'columns-missing',
      `The file has no column ${missing.join(', ')}. Source ${rules.source.name} needs ${rules.columns.join(', ')}; the file has ${found.join(', ')}.`,
    );
}

async function described(duck: Duck, reader: string, format: string): Promise<string[]> {
  try {
    const rows = await duck.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${reader}`);
    return rows.map((row) => row.column_name);
  } catch (error) {
    throw unreadable(error, format);
  }
}

async function run(duck: Duck, sql: string, format: string): Promise<void> {
  try {
    await duck.run(sql);
  } catch (error) {
    throw unreadable(error, format);
  }
}

function unreadable(error: unknown, format: string): InvalidInput {
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new InvalidInput('file-unreadable', `The file cannot be read as ${format}: ${reason}`);
}

async function malformedLines(duck: Duck): Promise<MalformedLine[]> {
  const rows = await duck.rows<{
    line: bigint;
    begin: bigint | null;
    column_name: string | null;
    error_type: string;
  }>(
    'SELECT line, any_value(line_byte_position) AS begin, any_value(column_name) AS column_name, any_value(error_type)::VARCHAR AS error_type FROM reject_errors GROUP BY line ORDER BY line',
  );
  return rows.map((row) => ({
    line: Number(row.line),
    // Counted from 1.
    begin: Number(row.begin ?? 0) - 1,
    column: row.column_name ?? '',
    reason: REASONS[row.error_type] ?? 'is not a line of CSV',
  }));
}

const REASONS: Record<string, string> = {
  'TOO MANY COLUMNS': 'has more columns than the header',
  'MISSING COLUMNS': 'has fewer columns than the header',
  'UNQUOTED VALUE': 'has a quoted value that does not end',
  'LINE SIZE OVER MAXIMUM': 'is longer than 1 MiB',
  'INVALID ENCODING': 'is not UTF-8',
};
