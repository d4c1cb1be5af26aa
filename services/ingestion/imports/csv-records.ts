import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { BEGIN, BROKEN, nextPlace, PADDED, PLAIN, QUOTED, RETURNED, splitValues } from './csv-values.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const SPACE = 0x20;
export const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** Bytes of one record at most. */
export const MAX_RECORD = 1 << 20;

interface CsvFault {
  /** Place of the value, from 0; null where it is the whole record. */
  value: number | null;
  reason: string;
}

/** A record of a CSV: what stands between `begin` and `end` of the file, the end of its line included. */
export interface CsvRecord {
  /** Its first physical line, from 1. */
  line: number;
  begin: number;
  end: number;
  lineEnd: '\n' | '\r\n' | '\r' | '';
  /** Without the end of its line; none of a record that is too long. */
  bytes: Buffer;
  values: number;
  /** A quoted value has spaces around it: DuckDB takes them for a part of it in one place and not in another. */
  padded: boolean;
  /** Why it is none, however many values it has. */
  fault: CsvFault | null;
}

/**
 * Records of a CSV as RFC 4180 has them, in order, the header first: many at a time. Newlines within quotes belong to a record, empty lines are none.
 * Lines may end in LF, CR LF or CR. What is no record is one with a fault, so that nothing is lost.
 */
export async function* readRecords(path: string): AsyncGenerator<CsvRecord[]> {
  const scan = createScan();
  const chunks = createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) yield scan.push(chunk);
  yield scan.end();
}

/** Whether a record's columns cannot be told. */
export function isMalformed({ fault, values }: CsvRecord, columns: number): boolean {
  return fault !== null || values !== columns;
}

/** Bytes that neither end nor begin anything. */
const ORDINARY = Uint8Array.from({ length: 256 }, (_, byte) =>
  ' ",\r\n'.includes(String.fromCharCode(byte)) ? 0 : 1,
);

function createScan() {
  let record = started(1, 0);
  let place = BEGIN;
  let before = 0;
  let offset = 0;

  /** Ends the record; `at` is the byte after it, its line's end not counted. */
  const close = (records: CsvRecord[], lineEnd: CsvRecord['lineEnd'], at: number, rest: Buffer): void => {
    if (at > record.begin) records.push(finished(record, lineEnd, at, rest, place === QUOTED));
    record = started(lineEnd === '' ? record.lineNow : record.lineNow + 1, at + lineEnd.length);
    place = BEGIN;
  };
  const push = (chunk: Buffer): CsvRecord[] => {
    const records: CsvRecord[] = [];
    let from = 0;
    for (
      let i = offset === 0 && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
      i < chunk.length;
      i++
    ) {
      const byte = chunk[i] ?? 0;
      if (place === RETURNED) {
        const two = byte === NEWLINE;
        close(records, two ? '\r\n' : '\r', offset + i - 1, chunk.subarray(from, Math.max(from, i - 1)));
        from = two ? i + 1 : i;
        if (two) continue;
      }
      record.bits |= byte;
      if (ORDINARY[byte] === 1 && (place === PLAIN || place === QUOTED)) {
        before = byte;
        continue;
      }
      if (place === QUOTED) {
        if (byte === RETURN || (byte === NEWLINE && before !== RETURN)) record.lineNow++;
      } else if (byte === NEWLINE) {
        close(records, '\n', offset + i, chunk.subarray(from, i));
        from = i + 1;
        continue;
      } else if (byte === COMMA) record.values++;
      if (byte === QUOTE && place === BEGIN && before === SPACE) record.padded = true;
      before = byte;
      place = nextPlace(place, byte);
      if (place === BROKEN) record.broken = true;
      else if (place === PADDED) record.padded = true;
    }
    offset += chunk.length;
    // The last byte may be the CR that ends the record; close() leaves it out by its length.
    keep(record, chunk.subarray(from));
    return records;
  };
  const end = (): CsvRecord[] => {
    const records: CsvRecord[] = [];
    const returned = place === RETURNED;
    close(records, returned ? '\r' : '', returned ? offset - 1 : offset, Buffer.alloc(0));
    return records;
  };
  return { push, end };
}

/** A record whose end is not yet seen. */
interface Started {
  line: number;
  lineNow: number;
  begin: number;
  values: number;
  /** All its bytes, or'ed: below 128 it is ASCII. */
  bits: number;
  broken: boolean;
  padded: boolean;
  pieces: Buffer[];
  kept: number;
}

function started(line: number, begin: number): Started {
  return {
    line,
    lineNow: line,
    begin,
    values: 1,
    bits: 0,
    broken: false,
    padded: false,
    pieces: [],
    kept: 0,
  };
}

function keep(record: Started, piece: Buffer): void {
  record.kept += piece.length;
  if (record.kept > MAX_RECORD + 1) record.pieces = [];
  else record.pieces.push(piece);
}

function finished(
  record: Started,
  lineEnd: CsvRecord['lineEnd'],
  at: number,
  rest: Buffer,
  open: boolean,
): CsvRecord {
  const { line, begin, values, padded } = record;
  const length = at - begin;
  if (length <= MAX_RECORD) record.pieces.push(rest);
  const bytes = length > MAX_RECORD ? Buffer.alloc(0) : whole(record.pieces).subarray(0, length);
  const fault = faultOf(record, bytes, length, open);
  return { line, begin, end: at + lineEnd.length, lineEnd, bytes, values, padded, fault };
}

function whole(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

function faultOf(record: Started, bytes: Buffer, length: number, open: boolean): CsvFault | null {
  if (open)
    return {
      value: null,
      reason: 'has a quoted value that does not end; close it, or write a quote within it twice',
    };
  if (length > MAX_RECORD)
    return { value: null, reason: `is longer than ${MAX_RECORD} bytes; look for a missing line end` };
  if (record.broken)
    return { value: null, reason: 'has text after a quoted value; write a quote within one twice' };
  if (record.bits < 128 || isUtf8(bytes)) return null;
  return { value: splitValues(bytes).findIndex((value) => !isUtf8(value)), reason: 'is not UTF-8' };
}
