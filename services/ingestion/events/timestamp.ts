import { invalid, type Parsed, valid } from './fixed-point.ts';

const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** Microseconds are kept as safe integers up to here. */
const LAST_YEAR = 2254;

/**
 * YYYY-MM-DD (midnight UTC), or ISO 8601 date and time with Z or an offset, to microseconds since 1970. A time without a zone is
 * refused: nobody could say which instant it is.
 */
export function parseTimestamp(text: string): Parsed<number> {
  const match = ISO_8601.exec(text);
  if (!match) return invalid(text === '' ? 'is empty; a time is expected' : EXPECTED);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const date = Date.UTC(year ?? 0, (month ?? 0) - 1, day);
  if (new Date(date).getUTCMonth() + 1 !== month || new Date(date).getUTCDate() !== day) {
    return invalid('is not a day of the calendar');
  }
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59)
    return invalid('is not a time of the day');
  const fraction = (match[7] ?? '').replace(/0+$/, '');
  if (fraction.length > 6) return invalid('is finer than microseconds; values are never rounded');
  const offset = offsetMinutes(match[8]);
  if (offset === null) return invalid('has an impossible offset from UTC');
  const seconds = date / 1000 + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0) - offset * 60;
  if (seconds < 0 || (year ?? 0) > LAST_YEAR) return invalid(`is outside 1970 to ${LAST_YEAR}`);
  return valid(seconds * 1_000_000 + Number(fraction.padEnd(6, '0')));
}

const EXPECTED = 'is not a time: expected YYYY-MM-DD, or ISO 8601 with Z or an offset (2026-05-01T12:30:00Z)';

function offsetMinutes(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 15 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
