import { createReadStream } from 'node:fs';

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Physical lines (from 1) at which records of a CSV begin, for the records wanted: ordinals from 0, the header not counted, in ascending order.
 * Newlines within quotes belong to a record, empty lines are none. `skipped`: lines that the reader did not count as records either.
 */
export async function recordLines(
  path: string,
  wanted: readonly number[],
  skipped: ReadonlySet<number>,
): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  const left = [...wanted];
  let line = 1;
  let begin = 1;
  let ordinal = -1;
  let quoted = false;
  let empty = true;
  const endRecord = (): void => {
    if (!empty && !skipped.has(begin)) {
      if (ordinal === left[0]) {
        lines.set(ordinal, begin);
        left.shift();
      }
      ordinal++;
    }
    begin = line;
    empty = true;
  };
  for await (const chunk of createReadStream(path)) {
    for (const byte of chunk as Buffer) {
      if (byte === QUOTE) quoted = !quoted;
      if (byte === NEWLINE) {
        line++;
        if (!quoted) {
          endRecord();
          continue;
        }
      }
      if (byte !== RETURN) empty = false;
    }
    if (left.length === 0) return lines;
  }
  endRecord();
  return lines;
}
