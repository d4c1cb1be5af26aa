/**
 * How the events of a customer come together in a measure. Each is defined once, for the words of a definition, for the SQL and for the online
 * state; what they have in common (windows, conditions, scales, bytes) is elsewhere and goes by this. To add one: an entry here, and its
 * builder in dsl/terms.ts.
 */
interface Aggregation {
  /** Of a numeric field, or of the events themselves. */
  ofField: boolean;
  /** What ids of its measures begin with. */
  id: string;
  words: (field: string) => string;
  /** What an event adds; `value` is its field's, undefined where it is missing or there is no field. */
  amount: (value: number | undefined) => number;
  /** How amounts of one day come together: added up, or any of them makes one. The second is known over windows only: old days are forgotten. */
  withinDay: 'added' | 'one';
  /** A sum of a field, which may leave the exact integers. */
  mayBeInexact: boolean;
  /** The exact integer over the rows of `filter`, an aggregate's FILTER clause with a space before it, or nothing. */
  sql: (column: string, filter: string) => string;
}

const DAY_US = 86_400_000_000;

const AGGREGATIONS = {
  count: {
    ofField: false,
    id: 'events',
    words: () => 'events',
    amount: () => 1,
    withinDay: 'added',
    mayBeInexact: false,
    sql: (_column, filter) => `count(*)${filter}`,
  },
  sum: {
    ofField: true,
    id: 'sum',
    words: (field) => `sum of ${field}`,
    amount: (value) => value ?? 0,
    withinDay: 'added',
    mayBeInexact: true,
    sql: (column, filter) => `coalesce(sum(${column})${filter}, 0)`,
  },
  distinct_days: {
    ofField: false,
    id: 'days',
    words: () => 'days with events',
    amount: () => 1,
    withinDay: 'one',
    mayBeInexact: false,
    // occurred_us is never negative, so // is the floor.
    sql: (_column, filter) => `count(DISTINCT occurred_us // ${DAY_US})${filter}`,
  },
} satisfies Record<string, Aggregation>;

export type AggregationKind = keyof typeof AGGREGATIONS;
export const AGGREGATION_KINDS = [
  'count',
  'sum',
  'distinct_days',
] as const satisfies readonly AggregationKind[];

export function aggregationOf(measure: { kind: AggregationKind }): Aggregation {
  return AGGREGATIONS[measure.kind];
}
