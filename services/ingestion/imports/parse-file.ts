import { rm } from 'node:fs/promises';
import type { Duck } from '@churn/lake';
import { InvalidInput } from '@churn/platform';
import { AS_OF, type SourceRules } from '../events/source-rules.ts';
import type { AsOf } from './as-of.ts';
import { copyClean, csvRelation, type MalformedLine, surveyCsv, unreadable } from './csv-file.ts';

const quote = (text: string) => text.replaceAll("'", "''");
const name = (column: string) => `"${column.replaceAll('"', '""')}"`;

interface RawFile {
  path: string;
  format: 'csv' | 'parquet';
  rules: SourceRules;
  asOf: AsOf | null;
}

/**
 * Loads a file into the table `raw`: `ordinal` from 0 in the order of the file, then each wanted column as text, and the instant that the
 * rows hold as of. Returns the records of a CSV that
 * are none, or have another number of columns. Throws InvalidInput when the file is no such file, or a column is missing.
 */
export async function loadRaw(duck: Duck, file: RawFile): Promise<MalformedLine[]> {
  return file.format === 'csv' ? loadCsv(duck, file) : loadParquet(duck, file);
}

async function loadCsv(duck: Duck, { path, rules, asOf }: RawFile): Promise<MalformedLine[]> {
  const { header, malformed, records, clean } = await surveyCsv(path);
  requireColumns(rules, header);
  refuseDoubled(rules, header);
  const readable = clean ? path : `${path}.clean`;
  try {
    if (!clean) await copyClean(path, header, readable);
    await loadColumns(duck, csvRelation(readable, header, rules.columns), { rules, asOf }, new Map()).catch(
      (error) => {
        throw notRead(error, readable, 'csv');
      },
    );
  } finally {
    if (!clean) await rm(readable, { force: true });
  }
  const [read] = await duck.rows<{ records: bigint }>('SELECT count(*) AS records FROM raw');
  // Rows are never lost in silence, should the reader ever see others than the survey.
  if (Number(read?.records) !== records)
    throw unreadable(
      `${records} records stand in it, and ${read?.records} were read. Write it again with every value in quotes`,
    );
  return malformed;
}

async function loadParquet(duck: Duck, { path, rules, asOf }: RawFile): Promise<MalformedLine[]> {
  const relation = `read_parquet('${quote(path)}')`;
  const described = duck.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${relation}`,
  );
  const columns = await described.catch((error) => {
    throw notRead(error, path, 'parquet');
  });
  const types = new Map(columns.map((row) => [row.column_name, row.column_type]));
  requireColumns(rules, [...types.keys()]);
  if (asOf === null) refuseLocalTimes(rules.timestampField, types.get(rules.timestampField));
  await loadColumns(duck, relation, { rules, asOf }, types).catch((error) => {
    throw notRead(error, path, 'parquet');
  });
  return [];
}

async function loadColumns(
  duck: Duck,
  relation: string,
  { rules, asOf }: Pick<RawFile, 'rules' | 'asOf'>,
  types: ReadonlyMap<string, string>,
): Promise<void> {
  const columns = rules.columns.map(
    (column) => `coalesce(${asText(column, types.get(column))}, '') AS ${name(column)}`,
  );
  if (asOf !== null) columns.push(`'${quote(asOf.text)}' AS ${name(AS_OF)}`);
  await duck.run(
    `CREATE TEMP TABLE raw AS SELECT row_number() OVER () - 1 AS ordinal, ${columns.join(', ')} FROM ${relation}`,
  );
}

function requireColumns(rules: SourceRules, found: readonly string[]): void {
  const missing = rules.columns.filter((column) => !found.includes(column));
  if (missing.length === 0) return;
  throw new InvalidInput(
    'columns-missing',
    `The file has no column ${missing.join(', ')}. Source ${rules.source.name} needs ${rules.columns.join(', ')}; the file has ${found.join(', ')}. ${remedy(found, rules)}`,
  );
}

/** Times as pandas writes them by default: of no zone, so that nobody could say which instants they are. */
function refuseLocalTimes(column: string, type: string | undefined): void {
  if (type === undefined || !/^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return;
  throw new InvalidInput(
    'time-without-zone',
    `Column ${column} has times without a zone (Parquet's isAdjustedToUTC is false). Write them in UTC: in pandas df["${column}"] = df["${column}"].dt.tz_localize("UTC"), or tz_localize of the zone that they are in; in SQL as TIMESTAMP WITH TIME ZONE.`,
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
  return `Name the columns so in the first line: ${rules.columns.join(',')}; or say in the definitions what the file calls a field, as in integer({ column: 'Tenure' }).`;
}

/** Of two columns with one name nobody could say which is meant. */
function refuseDoubled(rules: SourceRules, header: readonly string[]): void {
  const names = header.map((column) => column.toLowerCase());
  const doubled = rules.columns.find(
    (column) => names.filter((at) => at === column.toLowerCase()).length > 1,
  );
  if (doubled !== undefined)
    throw new InvalidInput(
      'column-doubled',
      `Line 1 names the column ${doubled} twice. Rename or drop the one that is not meant.`,
    );
}

/** The reader's own words name a temporary path and its options, which help nobody. */
function notRead(error: unknown, path: string, format: string): InvalidInput {
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new InvalidInput(
    'file-unreadable',
    `The file cannot be read as ${format}: ${said.replaceAll(path, 'the file')}. Check that it is a ${format} file and whole, and export it again.`,
  );
}
