import { columnOf, type FieldIr, joinColumn, type ProjectIr, type SourceIr } from '@churn/features';
import { type KeyPart, keyParts } from './event-key.ts';
import { parseField } from './field-value.ts';
import { invalid, type Parsed, valid } from './fixed-point.ts';
import { parseTimestamp } from './timestamp.ts';

/** The instant that a row of a source without a timestamp column holds as of. */
export const AS_OF = 'as_of';

/** What a source's events must look like, over REST and in files alike. */
export interface SourceRules {
  source: SourceIr;
  /** Column with the entity's identifier. */
  joinKey: string;
  /** Column with the time; AS_OF where the source has none: the import of a file gives it, an event carries it. */
  timestampField: string;
  /** The source has no timestamp column. */
  heldAsOf: boolean;
  fields: readonly FieldIr[];
  /** The event key, column by column; empty where the source has none. */
  key: readonly KeyPart[];
  /** Columns whose text is taken for what it identifies: the join key, and those of the key that count by their text. */
  ids: readonly string[];
  /** Columns of the event key that mean nothing else; REST names them by event_id. */
  keyOnly: readonly string[];
  /** Every column that a file has: join key, timestamp, fields, columns of the event key. */
  columns: readonly string[];
}

/** A row that was found good: fixed-point values in the order of the source's fields, undefined where one is missing. */
export interface CheckedRow {
  entityId: string;
  /** Microseconds since 1970, before any shift. */
  occurredUs: number;
  values: (number | undefined)[];
}

/** Times after it are refused, for this reason. */
export interface Latest {
  us: number;
  reason: string;
}

/** The instants that are taken, microseconds since 1970, before any shift; null: no bound. */
export interface Times {
  /** The source's horizon: what an event before it repeats may not be known any more. */
  earliestUs: number | null;
  /** Files have no quarantine, and nothing is known as of a time to come. */
  latest: Latest | null;
}

export interface Fault {
  column: string;
  value: string | null;
  reason: string;
}

/** Rules of one source, or null when the definitions have no such source. */
export function sourceRules(ir: ProjectIr, name: string): SourceRules | null {
  const source = ir.sources.find((candidate) => candidate.name === name);
  const entity = ir.entities.find((candidate) => candidate.name === source?.entity);
  if (!source || !entity) return null;
  const joinKey = joinColumn(source, entity);
  const heldAsOf = source.timestamp_field === null;
  const timestampField = source.timestamp_field ?? AS_OF;
  const own = [joinKey, ...(heldAsOf ? [] : [timestampField]), ...source.fields.map(columnOf)];
  const keyOnly = (source.event_key ?? []).filter((column) => !own.includes(column));
  const key = keyParts(source.event_key, source.timestamp_field, source.fields);
  const texts = key.flatMap((part) => (part.of === 'text' ? [part.column] : []));
  return {
    source,
    joinKey,
    timestampField,
    heldAsOf,
    fields: source.fields,
    key,
    ids: [...new Set([joinKey, ...texts])],
    keyOnly,
    columns: [...own, ...keyOnly],
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Characters of an id that a key may have. */
export const ID_LENGTH = 256;

/** An identifier as the source writes it: 1 to 256 characters, no control characters. */
function parseId(text: string): Parsed<string> {
  if (text === '') return invalid('is empty');
  if ([...text].length > ID_LENGTH) return invalid(`has more than ${ID_LENGTH} characters`);
  if (!text.isWellFormed()) return invalid('has half of a surrogate pair, which no store can keep');
  return CONTROL.test(text) ? invalid('has control characters') : valid(text);
}

/**
 * Checks one row given as text by column. Adds every fault to `faults` and returns the row only if there was none.
 */
export function checkRow(
  rules: SourceRules,
  text: (column: string) => string,
  times: Times,
  faults: Fault[],
): CheckedRow | null {
  const before = faults.length;
  const need = <T>(column: string, parse: (value: string) => Parsed<T>): T | undefined => {
    const value = text(column);
    const parsed = parse(value);
    if (parsed.ok) return parsed.value;
    faults.push({ column, value, reason: parsed.reason });
    return undefined;
  };
  const entityId = need(rules.joinKey, parseId);
  const occurredUs = need(rules.timestampField, (value) => within(parseTimestamp(value), times));
  const values = rules.fields.map((field) => need(columnOf(field), (value) => parseField(field, value)));
  for (const column of rules.keyOnly) need(column, parseId);
  if (faults.length > before || entityId === undefined || occurredUs === undefined) return null;
  return { entityId, occurredUs, values };
}

/** Events further ahead of the clock than this are set aside, rows of files refused: such a clock is wrong. */
export const AHEAD_US = 24 * 3_600_000_000;

function within(time: Parsed<number>, { earliestUs, latest }: Times): Parsed<number> {
  if (!time.ok) return time;
  if (earliestUs !== null && time.value < earliestUs) return invalid(`is ${tooOld(earliestUs)}`);
  return latest === null || time.value <= latest.us ? time : invalid(latest.reason);
}

/** Why an event before its source's horizon is refused. */
export function tooOld(horizonUs: number): string {
  const day = new Date(horizonUs / 1000).toISOString().slice(0, 10);
  return `before ${day}, and which events of so long ago are known already is not kept (CHURN_EVENT_HORIZON_DAYS): it could count twice`;
}
