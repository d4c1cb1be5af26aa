import type { Duck } from '@churn/lake';
import { InvalidInput } from '@churn/platform';
import { AS_OF, type SourceRules } from '../events/source-rules.ts';
import type { AsOf } from './as-of.ts';
import { explainCsv, firstLine, MAX_LINE } from './explain-file.ts';

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

interface RawFile {
  path: string;
  format: 'csv' | 'parquet';
  rules: SourceRules;
  asOf: AsOf | null;
}

/**
 * Loads a file into the table `raw`: `ordinal` from 0 in the order of the file, then each wanted column as text, and the instant that the rows hold as of. Returns the lines of a CSV that
 * have another number of columns. Throws InvalidInput when the file is no such file, or a column is missing.
 */
export async function loadRaw(duck: Duck, { path, format, rules, asOf }: RawFile): Promise<MalformedLine[]> {
  const reader =
    format === 'csv'
      ? `read_csv('${quote(path)}', delim = ',', quote = '"', escape = '"', header = true, all_varchar = true, null_padding = false, store_rejects = true, rejects_limit = 0, sample_size = 1000, strict_mode = true, max_line_size = ${MAX_LINE})`
      : `read_parquet('${quote(path)}')`;
  const types = await requireColumns(duck, reader, rules, path, format);
  if (format === 'csv') refuseDoubled(rules, await firstLine(path));
  const columns = rules.columns.map(
    (column) => `coalesce(${asText(column, types.get(column))}, '') AS ${name(column)}`,
  );
  if (asOf !== null) columns.push(`'${quote(asOf.text)}' AS ${name(AS_OF)}`);
  await run(
    duck,
    `CREATE TEMP TABLE raw AS SELECT row_number() OVER () - 1 AS ordinal, ${columns.join(', ')} FROM ${reader}`,
    path,
    format,
  );
  return format === 'csv' ? malformedLines(duck) : [];
}

async function requireColumns(
  duck: Duck,
  reader: string,
  rules: SourceRules,
  path: string,
  format: string,
): Promise<ReadonlyMap<string, string>> {
  const types = await described(duck, reader, path, format);
  const found = [...types.keys()];
  const missing = rules.columns.filter((column) => !found.includes(column));
  if (missing.length === 0) return types;
  const why = format === 'csv' ? await explainCsv(path) : null;
  if (why !== null) throw new InvalidInput('file-unreadable', `The file cannot be read as csv: ${why}.`);
  throw new InvalidInput(
    'columns-missing',
    `The file has no column ${missing.join(', ')}. Source ${rules.source.name} needs ${rules.columns.join(', ')}; the file has ${found.join(', ')}. ${remedy(found, rules)}`,
  );
}

/** A column's values as a CSV would have them. DuckDB writes an instant with an offset without minutes, which no CSV has. */
function asText(column: string, type: string | undefined): string {
  return type === 'TIMESTAMP WITH TIME ZONE'
    ? `strftime(${name(column)} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`
    : `CAST(${name(column)} AS VARCHAR)`;
}

function remedy(found: readonly string[], rules: SourceRules): string {
  const [only = ''] = found;
  const separator = [';', '\t', '|'].find((mark) => found.length === 1 && only.includes(mark));
  if (separator !== undefined)
    return `Its columns are separated by ${separator === '\t' ? 'a tab' : `"${separator}"`}; separate them by commas, with a point in decimal numbers.`;
  return `Name the columns so in the first line: ${rules.columns.join(',')}.`;
}

/** Of two columns with one name nobody could say which is meant. */
function refuseDoubled(rules: SourceRules, header: string): void {
  const names = header.split(',').map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
  const doubled = rules.columns.find(
    (column) => names.filter((at) => at === column.toLowerCase()).length > 1,
  );
  if (doubled !== undefined)
    throw new InvalidInput(
      'column-doubled',
      `Line 1 names the column ${doubled} twice. Rename or drop the one that is not meant.`,
    );
}

async function described(
  duck: Duck,
  reader: string,
  path: string,
  format: string,
): Promise<Map<string, string>> {
  try {
    const rows = await duck.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE SELECT * FROM ${reader}`,
    );
    return new Map(rows.map((row) => [row.column_name, row.column_type]));
  } catch (error) {
    throw await unreadable(error, path, format);
  }
}

async function run(duck: Duck, sql: string, path: string, format: string): Promise<void> {
  try {
    await duck.run(sql);
  } catch (error) {
    throw await unreadable(error, path, format);
  }
}

/** The reader's own words name a temporary path and its options, which help nobody; they are used only when nothing better is known. */
async function unreadable(error: unknown, path: string, format: string): Promise<InvalidInput> {
  const why = format === 'csv' ? await explainCsv(path) : null;
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const reason =
    why ??
    `${said.replaceAll(path, 'the file')}. Check that it is a ${format} file and whole, and export it again`;
  return new InvalidInput('file-unreadable', `The file cannot be read as ${format}: ${reason}.`);
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
