const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** Where a byte stands: a value may begin, */
export const BEGIN = 0;
/** within a value without quotes, */
export const PLAIN = 1;
/** within quotes, */
export const QUOTED = 2;
/** after a quote within quotes: the value's end, or the first of two, */
const CLOSED = 3;
/** after spaces behind a quoted value, */
export const PADDED = 4;
/** after something else behind it, which is no CSV, */
export const BROKEN = 5;
/** or after a CR outside quotes, which ends the record. */
export const RETURNED = 6;

/** The place after a byte, as DuckDB has it: a quote opens only where a value begins, spaces aside; elsewhere it is a sign like others. */
export function nextPlace(place: number, byte: number): number {
  if (place === QUOTED) return byte === QUOTE ? CLOSED : QUOTED;
  if (byte === RETURN) return RETURNED;
  if (byte === COMMA) return BEGIN;
  if (byte === QUOTE) {
    if (place === BEGIN || place === CLOSED) return QUOTED;
    return place === PLAIN ? PLAIN : BROKEN;
  }
  if (byte === SPACE) return place === CLOSED ? PADDED : place;
  return place === BEGIN || place === PLAIN ? PLAIN : BROKEN;
}

/** The bytes of a record's values, quotes included. */
export function splitValues(record: Buffer): Buffer[] {
  const values: Buffer[] = [];
  let place = BEGIN;
  let from = 0;
  for (const [i, byte] of record.entries()) {
    if (byte === COMMA && place !== QUOTED) {
      values.push(record.subarray(from, i));
      from = i + 1;
    }
    place = nextPlace(place, byte);
  }
  values.push(record.subarray(from));
  return values;
}

/** The record without spaces around its quoted values. */
export function withoutPadding(record: Buffer): Buffer {
  const values = splitValues(record).map((value) => {
    const text = value.toString('latin1').trim();
    return text.startsWith('"') ? Buffer.from(text, 'latin1') : value;
  });
  return Buffer.concat(values.flatMap((value, i) => (i === 0 ? [value] : [SEPARATOR, value])));
}

const SEPARATOR = Buffer.from(',');

/** A value's text: without its quotes, and without spaces around. */
export function valueText(value: Buffer): string {
  const text = value.toString('utf8').trim();
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}
