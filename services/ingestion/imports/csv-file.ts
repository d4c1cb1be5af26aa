import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { InvalidInput } from '@churn/platform';
import { BYTE_ORDER_MARK, type CsvRecord, isMalformed, MAX_RECORD, readRecords } from './csv-records.ts';
import { splitValues, valueText, withoutPadding } from './csv-values.ts';

/** A record of a file that has no columns to check. */
export interface MalformedLine {
  line: number;
  column: string;
  reason: string;
}

export interface CsvFile {
  /** Names in its first line. */
  header: string[];
  /** Records that have the header's columns. */
  records: number;
  malformed: MalformedLine[];
  /** Whether DuckDB can take the file as it is: nothing is malformed or padded, all lines end alike, and none is empty. */
  clean: boolean;
}

/** Reads through a CSV. Throws InvalidInput when its header is none. */
export async function surveyCsv(path: string): Promise<CsvFile> {
  const file: CsvFile = { header: [], records: 0, malformed: [], clean: true };
  let header: CsvRecord | undefined;
  const lineEnds = new Set<string>();
  let end = 0;
  let gaps = false;
  let padded = false;
  for await (const records of readRecords(path))
    for (const record of records) {
      if (record.lineEnd !== '') lineEnds.add(record.lineEnd);
      gaps ||= record.begin !== end;
      end = record.end;
      padded ||= record.padded;
      if (header === undefined) {
        header = record;
        file.header = headerNames(record);
        continue;
      }
      if (isMalformed(record, file.header.length)) file.malformed.push(malformedLine(record, file.header));
      else file.records++;
    }
  if (header === undefined) throw unreadable('it is empty. The first line must name the columns');
  gaps ||= (await stat(path)).size !== end;
  file.clean = file.malformed.length === 0 && lineEnds.size <= 1 && !gaps && !padded;
  return file;
}

export function unreadable(reason: string): InvalidInput {
  return new InvalidInput('file-unreadable', `The file cannot be read as csv: ${reason}.`);
}

/** What a Parquet file begins with. */
const PARQUET = Buffer.from('PAR1');

function headerNames({ line, bytes, fault }: CsvRecord): string[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw unreadable('it is compressed with gzip. Unpack it with gunzip and import the result');
  if (bytes.subarray(0, 4).equals(PARQUET))
    throw unreadable('it is Parquet. Name it .parquet, or send it with format=parquet');
  if (bytes.includes(0))
    throw unreadable(`line ${line} has a NUL byte, so it is no text. Export the file as CSV in UTF-8`);
  if (fault !== null) throw unreadable(`line ${line}, which must name the columns, ${fault.reason}`);
  const marked = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
  return splitValues(marked ? bytes.subarray(3) : bytes).map(valueText);
}

function malformedLine({ line, values, fault }: CsvRecord, header: readonly string[]): MalformedLine {
  if (fault !== null) return { line, column: header[fault.value ?? -1] ?? '', reason: fault.reason };
  return values > header.length
    ? { line, column: '', reason: 'has more columns than the header' }
    : { line, column: header[values] ?? '', reason: 'has fewer columns than the header' };
}

/** Writes the header and the records that have its columns, without spaces around quotes, each line ended by LF. */
export async function copyClean(path: string, header: readonly string[], to: string): Promise<void> {
  try {
    await pipeline(async function* () {
      for await (const records of readRecords(path)) {
        const good = records.filter((record) => !isMalformed(record, header.length));
        yield Buffer.concat(
          good.flatMap(({ bytes, padded }) => [padded ? withoutPadding(bytes) : bytes, Buffer.from('\n')]),
        );
      }
    }, createWriteStream(to));
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

const quote = (text: string) => text.replaceAll("'", "''");
const name = (column: string) => `"${column.replaceAll('"', '""')}"`;

/** The wanted columns of a clean CSV as a relation: text, in the order of the file. Nothing of it is guessed. */
export function csvRelation(path: string, header: readonly string[], wanted: readonly string[]): string {
  const columns = header.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  const named = wanted.map((column) => `c${header.indexOf(column)} AS ${name(column)}`).join(', ');
  return `(SELECT ${named} FROM read_csv('${quote(path)}', auto_detect = false, columns = {${columns}}, delim = ',', quote = '"', escape = '"', header = true, null_padding = false, strict_mode = true, max_line_size = ${MAX_RECORD + 2}))`;
}
