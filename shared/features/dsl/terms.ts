import type { AggregationKind } from '../aggregations.ts';
import { onlyKnown } from './only-known.ts';

/**
 * What a feature is written in. Terms are whole numbers at an instant t; a quotient is a feature's last step. They know nothing of the
 * source yet: featureView() checks names and scales.
 */
export interface Over {
  /** Whole UTC days back from the start of t's day, today included; all time before t when absent. */
  days?: number;
  /** Only events that meet this condition; `value` in the field's own unit (50 for 50 dollars), a category by its text (= and <> only). */
  where?: { field: string; op: '>=' | '>' | '<=' | '<' | '=' | '<>'; value: number | string };
}

export type Term =
  | { term: 'aggregate'; kind: AggregationKind; field?: string; over: Over }
  | { term: 'daysSinceLast' }
  | { term: 'daysSinceFirst' }
  | { term: 'latest'; field: string }
  | { term: 'constant'; value: number }
  | { term: 'plus' | 'minus' | 'times'; left: Term; right: Term };

export type Feature =
  | { last: 'value'; of: Term; text?: string }
  | { last: 'quotient'; above: Term; below: Term; text?: string };

/** Number of events. */
export function count(over: Over = {}): Term {
  checkOver('count', over);
  return { term: 'aggregate', kind: 'count', over };
}

/** Sum of a field; an event without it adds nothing. */
export function sum(field: string, over: Over = {}): Term {
  checkOver(`sum of ${field}`, over);
  return { term: 'aggregate', kind: 'sum', field, over };
}

/** Number of UTC days with an event; over a window only, since older days are forgotten. */
export function distinctDays(over: Over & { days: number }): Term {
  checkOver('distinctDays', over);
  return { term: 'aggregate', kind: 'distinct_days', over };
}

/** Whole UTC days since the last event before t; null without one (recency). */
export function daysSinceLast(): Term {
  return { term: 'daysSinceLast' };
}

/** Whole UTC days since the first event before t; null without one (tenure). */
export function daysSinceFirst(): Term {
  return { term: 'daysSinceFirst' };
}

/** A field's value on the last event before t; null when it is missing there. A category is its place in its list. */
export function latest(field: string): Term {
  return { term: 'latest', field };
}

export function plus(left: Term, right: Term | number): Term {
  return { term: 'plus', left, right: asTerm(right) };
}

export function minus(left: Term, right: Term | number): Term {
  return { term: 'minus', left, right: asTerm(right) };
}

export function times(left: Term, right: Term | number): Term {
  return { term: 'times', left, right: asTerm(right) };
}

function asTerm(value: Term | number): Term {
  return typeof value === 'number' ? { term: 'constant', value } : value;
}

/** above / below; null when either is null or below is 0. */
export function ratio(above: Term, below: Term): Feature {
  return { last: 'quotient', above, below };
}

/** Mean of a field over the events: sum / count; null without an event. */
export function avg(field: string, over: Over = {}): Feature {
  return { last: 'quotient', above: sum(field, over), below: count(over) };
}

/** Mean gap between events in whole days: (tenure - recency) / (events - 1); null below two events. */
export function avgDaysBetween(): Feature {
  return { last: 'quotient', above: minus(daysSinceFirst(), daysSinceLast()), below: minus(count(), 1) };
}

/** The same feature with words of its own instead of the generated description. */
export function described(text: string, feature: Term | Feature): Feature {
  return { ...('last' in feature ? feature : { last: 'value' as const, of: feature }), text };
}

function checkOver(what: string, over: Over): void {
  onlyKnown(`${what}:`, over, ['days', 'where']);
  if (over.where !== undefined) onlyKnown(`${what}: where`, over.where, ['field', 'op', 'value']);
}
