/** What parsing a value comes to: the value, or the reason why there is none, said for people. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

export function valid<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function invalid(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/**
 * Exact decimal to fixed point: "12.5" at scale 2 is 1250. More decimals than the scale are refused, never rounded; zeros at the
 * end are no decimals. The result is a safe integer.
 */
export function parseFixedPoint(text: string, scale: number): Parsed<number> {
  const match = DECIMAL.exec(text);
  if (!match)
    return invalid(text === '' ? 'is empty; a number is expected' : 'is not a decimal number such as 12.5');
  const decimals = (match[3] ?? '').replace(/0+$/, '');
  if (decimals.length > scale) return invalid(tooManyDecimals(scale));
  const digits = Number(`${match[2]}${decimals.padEnd(scale, '0')}`);
  if (!Number.isSafeInteger(digits))
    return invalid(`is out of range: at most 2^53 - 1 in units of 10^-${scale}`);
  return valid(match[1] === '-' && digits !== 0 ? -digits : digits);
}

function tooManyDecimals(scale: number): string {
  if (scale === 0) return 'has decimals; a whole number is expected';
  return `has more than ${scale} decimal${scale === 1 ? '' : 's'}, the scale of this field; values are never rounded`;
}
