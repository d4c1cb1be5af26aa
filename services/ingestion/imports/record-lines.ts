import { createReadStream } from 'node:fs';

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;
const SPACE = 0x20;

/** A record of a CSV: its first physical line (from 1), and its bytes in the file, the newline included. */
export interface CsvRecord {
  line: number;
  begin: number;
  end: number;
}

/**
 * Calls `onRecord` with each record in order, the header first. Newlines within quotes belong to a record, empty lines are none. A quote opens
 * only where a value begins, as for the reader: 5" within a value is a sign like others.
 */
async function scanRecords(path: string, onRecord: (record: CsvRecord) => void): Promise<void> {
  let line = 1;
  let at = 0;
  let first = { line, begin: at };
  let quoted = false;
  let mayOpen = true;
  let empty = true;
  const endRecord = (): void => {
    if (!empty) onRecord({ ...first, end: at });
    first = { line, begin: at };
    empty = true;
  };
  for await (const chunk of createReadStream(path)) {
    for (const byte of chunk as Buffer) {
      at++;
      if (byte === QUOTE && (quoted || mayOpen)) {
        quoted = !quoted;
        // Two within quotes are one that is meant.
        mayOpen = !quoted;
      } else if (byte !== SPACE) mayOpen = byte === COMMA || byte === NEWLINE;
      if (byte === NEWLINE) {
        line++;
        if (!quoted) {
          endRecord();
          continue;
        }
      }
      if (byte !== RETURN) empty = false;
    }
  }
  endRecord();
}

export interface FoundRecords {
  header: CsvRecord;
  /** By ordinal from 0, the header and malformed records not counted. */
  byOrdinal: Map<number, CsvRecord>;
  malformed: CsvRecord[];
}

/** Where the records wanted stand: those of the ordinals, and those beginning at bytes where the reader found no record. */
export async function findRecords(
  path: string,
  wanted: ReadonlySet<number>,
  malformedBegins: ReadonlySet<number>,
): Promise<FoundRecords> {
  const found: FoundRecords = {
    header: { line: 1, begin: 0, end: 0 },
    byOrdinal: new Map(),
    malformed: [],
  };
  let ordinal = -1;
  await scanRecords(path, (record) => {
    // After a line that ends in CR LF, DuckDB says that the next begins at the LF. No record is so short that this could be another.
    if (ordinal >= 0 && (malformedBegins.has(record.begin) || malformedBegins.has(record.begin - 1))) {
      found.malformed.push(record);
      return;
    }
    if (ordinal < 0) found.header = record;
    else if (wanted.has(ordinal)) found.byOrdinal.set(ordinal, record);
    ordinal++;
  });
  return found;
}
