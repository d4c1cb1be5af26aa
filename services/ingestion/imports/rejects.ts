import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RowError } from '@churn/contracts';
import type { Duck } from '@churn/lake';
import { checkRow, type Fault, type SourceRules, type Times } from '../events/source-rules.ts';
import type { MalformedLine } from './csv-file.ts';
import { type CsvPlace, type FoundRecords, findRecords } from './record-lines.ts';

const name = (column: string) => `"${column.replaceAll('"', '""')}"`;
/** Faults that are worded; the rest are in the rejects file. */
const WORDED = 1_000;
/** Bytes copied at once, unless one record has more. */
const MOST_BYTES = 1 << 20;
const NEWLINE = 0x0a;

interface File {
  path: string;
  format: 'csv' | 'parquet';
}

/** Rows of a file that are not imported, in the order of the file. */
export interface Rejects {
  /** How many. */
  rows: number;
  /** What is wrong with the first of them. */
  errors: RowError[];
  /** Writes all of them as a CSV to be mended and imported: of a CSV its own header and lines, of Parquet the source's columns. */
  write(path: string): Promise<void>;
}

/**
 * Collects the rows of `raw` that `checked` calls bad, those of `conflicts` (ordinals whose key is known with other content), and the lines
 * that were no records at all.
 */
export async function collectRejects(
  duck: Duck,
  file: File,
  rules: SourceRules,
  found: { malformed: readonly MalformedLine[]; conflicts: readonly number[]; times: Times },
): Promise<Rejects> {
  await duck.run('CREATE OR REPLACE TEMP TABLE rejected (ordinal BIGINT, conflict BOOLEAN)');
  await duck.run('INSERT INTO rejected SELECT ordinal, false FROM checked WHERE NOT coalesce(good, false)');
  for (let at = 0; at < found.conflicts.length; at += 10_000)
    await duck.run(
      `INSERT INTO rejected VALUES ${found.conflicts
        .slice(at, at + 10_000)
        .map((ordinal) => `(${ordinal}, true)`)
        .join(', ')}`,
    );
  const ordinals = (
    await duck.rows<{ ordinal: bigint }>('SELECT ordinal FROM rejected ORDER BY ordinal')
  ).map((row) => Number(row.ordinal));
  const records =
    file.format === 'csv' && ordinals.length + found.malformed.length > 0
      ? await findRecords(file.path, new Set(ordinals))
      : null;
  return {
    rows: ordinals.length + found.malformed.length,
    errors: await wordErrors(duck, rules, records, found),
    write: async (path) => {
      await mkdir(dirname(path), { recursive: true });
      if (records === null) await writeColumns(duck, rules, path);
      else await copyRecords(file.path, records, path);
    },
  };
}

async function wordErrors(
  duck: Duck,
  rules: SourceRules,
  records: FoundRecords | null,
  found: { malformed: readonly MalformedLine[]; times: Times },
): Promise<RowError[]> {
  const rows = await duck.rows<Record<string, unknown> & { ordinal: bigint; conflict: boolean }>(
    `SELECT raw.ordinal, rejected.conflict, ${checked(rules).join(', ')}
     FROM raw JOIN rejected USING (ordinal) ORDER BY raw.ordinal LIMIT ${WORDED}`,
  );
  const worded = rows.flatMap((row) => {
    const faults = row.conflict ? [conflictOf(rules, row)] : faultsOf(rules, row, found.times);
    const ordinal = Number(row.ordinal);
    const record = records?.byOrdinal.get(ordinal);
    const place = record === undefined ? { row: ordinal + 1 } : { line: record.line };
    // PostgreSQL cannot store a NUL character.
    return faults.map(
      (fault): RowError => ({ ...place, ...fault, value: fault.value?.replaceAll('\0', '\ufffd') ?? null }),
    );
  });
  const malformed = found.malformed.map((fault): RowError => ({ value: null, ...fault }));
  return [...worded, ...malformed].sort((a, b) => placeOf(a) - placeOf(b));
}

function placeOf(error: RowError): number {
  return 'line' in error ? error.line : error.row;
}

/** What checkRow reads of a row. */
function checked(rules: SourceRules): string[] {
  return [...new Set([...rules.columns, rules.timestampField])].map((column) => `raw.${name(column)}`);
}

function faultsOf(rules: SourceRules, row: Record<string, unknown>, times: Times): Fault[] {
  const faults: Fault[] = [];
  checkRow(rules, (column) => String(row[column] ?? ''), times, faults);
  return faults.length > 0 ? faults : [{ column: '', value: null, reason: 'is not valid' }];
}

function conflictOf(rules: SourceRules, row: Record<string, unknown>): Fault {
  const key = rules.source.event_key ?? [];
  return {
    column: key.join(', '),
    value: key.map((column) => String(row[column] ?? '')).join(', '),
    reason: 'is known already, with other content',
  };
}

async function writeColumns(duck: Duck, rules: SourceRules, path: string): Promise<void> {
  const columns = rules.columns.map((column) => `raw.${name(column)}`).join(', ');
  await duck.run(
    `COPY (SELECT ${columns} FROM raw JOIN rejected USING (ordinal) ORDER BY raw.ordinal) TO '${path.replaceAll("'", "''")}' (FORMAT csv, HEADER)`,
  );
}

/** The bytes as they were: what cannot be split into columns can be mended too. */
async function copyRecords(
  from: string,
  { header, byOrdinal, malformed }: FoundRecords,
  to: string,
): Promise<void> {
  const wanted = [...byOrdinal.values(), ...malformed].sort((a, b) => a.begin - b.begin);
  const source = await open(from);
  try {
    await pipeline(async function* () {
      for (const { begin, end } of adjoined([header, ...wanted])) {
        const bytes = Buffer.alloc(end - begin);
        await source.read(bytes, 0, bytes.length, begin);
        yield bytes;
        if (bytes.at(-1) !== NEWLINE) yield '\n';
      }
    }, createWriteStream(to));
  } finally {
    await source.close();
  }
}

/** Records that follow one another as one piece, up to a bound: a read each would take long where most rows are bad. */
function* adjoined(records: readonly CsvPlace[]): Generator<{ begin: number; end: number }> {
  let piece: { begin: number; end: number } | undefined;
  for (const { begin, end } of records) {
    if (piece !== undefined && piece.end === begin && end - piece.begin <= MOST_BYTES) piece.end = end;
    else {
      if (piece !== undefined) yield piece;
      piece = { begin, end };
    }
  }
  if (piece !== undefined) yield piece;
}
