import { type EventEnvelope, eventEnvelope } from '@churn/contracts';
import { columnOf, type ProjectIr } from '@churn/features';
import { InvalidInput } from '@churn/platform';
import type { Prepared, PreparedEvent } from '../prepared-events.ts';
import { contentHash } from './content-hash.ts';
import { KEY_SEPARATOR } from './event-key.ts';
import type { RawEvent } from './read-events.ts';
import {
  AS_OF,
  type CheckedRow,
  checkRow,
  type Fault,
  type SourceRules,
  sourceRules,
} from './source-rules.ts';

interface EventFault extends Fault {
  /** Place in the request, or line of NDJSON; from 1. */
  line: number;
}

/** What the times of events are held against: microseconds since 1970. */
interface Bounds {
  nowUs: number;
  /** Of each source that has forgotten events, the first instant of which they are taken; none by default. */
  horizons?: ReadonlyMap<string, number>;
}

const SHOWN = 20;

/**
 * Checks every event against its source's definition. Throws InvalidInput with the faults of all of them: then nothing of the request is stored.
 * Events later than `latestUs` are set aside, and so is one that gives an earlier event's identity another content. What holds `as_of` an instant
 * after `nowUs` is a fault, and so is an event before the horizon of its source: what it repeats may be forgotten.
 */
export function prepareEvents(
  ir: ProjectIr,
  raw: readonly RawEvent[],
  { latestUs, ...bounds }: Bounds & { latestUs: number },
): Prepared {
  const rules = new Map<string, SourceRules | null>();
  const faults: EventFault[] = [];
  const prepared: Prepared = { events: [], repeated: 0, quarantine: [] };
  const seen = new Map<string, PreparedEvent>();
  for (const { line, value } of raw) {
    const found: Fault[] = [];
    const event = prepareOne(ir, rules, value, bounds, found);
    faults.push(...found.map((fault) => ({ line, ...fault })));
    if (event !== null) place(prepared, seen, event, latestUs);
  }
  if (faults.length === 0) return prepared;
  const first = faults[0];
  throw new InvalidInput(
    'events-invalid',
    `Event ${first?.line}, ${first?.column}: ${first?.reason}. ${faults.length} fault${faults.length === 1 ? '' : 's'} in all; nothing was stored. Mend them and send the request again.`,
    { errors: faults.slice(0, SHOWN), faults: faults.length },
  );
}

function place(
  prepared: Prepared,
  seen: Map<string, PreparedEvent>,
  event: PreparedEvent,
  latestUs: number,
): void {
  const identity = `${event.source}\u001f${event.eventId}`;
  const before = seen.get(identity);
  if (before === undefined) {
    seen.set(identity, event);
    if (event.occurredUs > latestUs) prepared.quarantine.push({ event, reason: 'future' });
    else prepared.events.push(event);
  } else if (before.hash.equals(event.hash)) prepared.repeated++;
  else prepared.quarantine.push({ event, reason: 'conflict' });
}

function prepareOne(
  ir: ProjectIr,
  cache: Map<string, SourceRules | null>,
  value: unknown,
  { nowUs, horizons }: Bounds,
  faults: Fault[],
): PreparedEvent | null {
  const known = recognize(ir, cache, value, faults);
  if (known === null) return null;
  const { envelope, rules } = known;
  unknownColumns(rules, envelope, faults);
  absentColumns(rules, envelope, faults);
  inexactIds(rules, envelope, faults);
  const latest = rules.heldAsOf
    ? { us: nowUs, reason: 'is in the future; nothing is known as of then' }
    : null;
  const times = { earliestUs: horizons?.get(envelope.source) ?? null, latest };
  const row = checkRow(rules, (column) => textOf(envelope[column]), times, faults);
  otherId(rules, envelope, faults);
  if (row === null || faults.length > 0) return null;
  const fields: Record<string, number> = {};
  for (const [i, { name }] of rules.fields.entries()) {
    const value = row.values[i];
    if (value !== undefined) fields[name] = value;
  }
  const { entityId, occurredUs, values } = row;
  return {
    source: envelope.source,
    eventId: identityOf(rules, envelope, row),
    entityId,
    occurredUs,
    hash: contentHash(entityId, occurredUs, values),
    fields,
  };
}

/** The event's envelope, and the rules of its source; null, with a fault, for what is none or of no source. */
function recognize(
  ir: ProjectIr,
  cache: Map<string, SourceRules | null>,
  value: unknown,
  faults: Fault[],
): { envelope: EventEnvelope; rules: SourceRules } | null {
  const envelope = eventEnvelope.safeParse(value);
  if (!envelope.success) {
    const issue = envelope.error.issues[0];
    faults.push({
      column: issue?.path.join('.') || 'event',
      value: null,
      reason: issue?.message ?? 'is not an event',
    });
    return null;
  }
  const { source } = envelope.data;
  if (!cache.has(source)) cache.set(source, sourceRules(ir, source));
  const rules = cache.get(source);
  if (!rules) {
    const known = ir.sources.map(({ name }) => name).join(', ');
    faults.push({
      column: 'source',
      value: source,
      reason: `is not a source of project ${ir.project}; it has ${known}`,
    });
    return null;
  }
  return { envelope: envelope.data, rules };
}

function unknownColumns(rules: SourceRules, envelope: EventEnvelope, faults: Fault[]): void {
  const known = rules.heldAsOf ? [...rules.columns, AS_OF] : rules.columns;
  for (const column of Object.keys(envelope)) {
    if (column === 'source' || column === 'event_id' || known.includes(column)) continue;
    faults.push({
      column,
      value: null,
      reason: `is not a column of ${rules.source.name}; it has ${known.join(', ')}`,
    });
  }
}

/** A file without the column is refused too: only who writes null has thought of it. */
function absentColumns(rules: SourceRules, envelope: EventEnvelope, faults: Fault[]): void {
  for (const column of rules.fields.map(columnOf)) {
    if (envelope[column] !== undefined) continue;
    faults.push({ column, value: null, reason: 'is absent; send null where there is no value' });
  }
}

/** JSON numbers beyond 2^53 are read as another number: two customers would become one. */
function inexactIds(rules: SourceRules, envelope: EventEnvelope, faults: Fault[]): void {
  for (const column of rules.ids) {
    const value = envelope[column];
    if (typeof value !== 'number' || Number.isSafeInteger(value)) continue;
    faults.push({
      column,
      value: String(value),
      reason: 'is a number that JSON does not keep exactly; send the id as a string',
    });
  }
}

/**
 * A key of one column and event_id must not differ, or a purchase that a file brings too would count twice; one of several columns has no
 * event_id of its own to compare.
 */
function otherId(rules: SourceRules, envelope: EventEnvelope, faults: Fault[]): void {
  const [first, ...others] = rules.source.event_key ?? [];
  if (first === undefined || others.length > 0) return;
  const identity = textOf(envelope[first]);
  if (identity === envelope.event_id) return;
  faults.push({
    column: 'event_id',
    value: envelope.event_id,
    reason: `is not ${first} (${identity}), which identifies the events of ${rules.source.name}, also in files; send the same in both`,
  });
}

/** What identifies the event: its key, as in files, where the source has one, else event_id. */
function identityOf({ key }: SourceRules, envelope: EventEnvelope, row: CheckedRow): string {
  if (key.length === 0) return envelope.event_id;
  return key
    .map((part) => {
      if (part.of === 'time') return row.occurredUs;
      return part.of === 'field' ? (row.values[part.index] ?? '') : textOf(envelope[part.column]);
    })
    .join(KEY_SEPARATOR);
}

/** JSON's value as the text that a file would have. Numbers keep their shortest decimal form, so 11.77 is exactly that. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
