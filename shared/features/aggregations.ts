/**
 * How the events of a customer come together in a measure. Each is defined once, for the words of a definition, for the SQL and for the online
 * state; what they have in common (windows, conditions, scales, bytes) is elsewhere and goes by this. To add one: an entry here, and its
 * builder in dsl/terms.ts.
 */
type Aggregation = Counting | Adding;

interface Described {
  /** What ids of its measures begin with. */
  id: string;
  words: (field: string) => string;
}

/** A number of events, or of days with one: a plain number, of whatever field it is. */
interface Counting extends Described {
  result: 'events';
  /** The field that it is of: none (it is of the events themselves), a number, or any, categories too. */
  field: 'none' | 'number' | 'any';
  /** However many events a day has, it counts once; known over windows only, since old days are forgotten. */
  per: 'event' | 'day';
  /** Whether an event counts; `value` is its field's, undefined where it is missing or there is no field. */
  counts: (value: number | undefined) => boolean;
  /** The same as a condition on a row; null: every row counts. */
  countsSql: (column: string) => string | null;
}

/** A total in the field's own scale and currency, which may leave the exact integers. */
interface Adding extends Described {
  result: 'field';
  field: 'number';
  /** What an event with a value adds, in proportion to it: 0 or a multiple. One without adds nothing. */
  adds: (value: number) => number;
  /** The same over rows; NULL where the column is NULL. */
  addsSql: (column: string) => string;
}

const AGGREGATIONS = {
  count: {
    id: 'events',
    words: () => 'events',
    result: 'events',
    field: 'none',
    per: 'event',
    counts: () => true,
    countsSql: () => null,
  },
  sum: {
    id: 'sum',
    words: (field) => `sum of ${field}`,
    result: 'field',
    field: 'number',
    adds: (value) => value,
    addsSql: (column) => column,
  },
  distinct_days: {
    id: 'days',
    words: () => 'days with events',
    result: 'events',
    field: 'none',
    per: 'day',
    counts: () => true,
    countsSql: () => null,
  },
} satisfies Record<string, Aggregation>;

export type AggregationKind = keyof typeof AGGREGATIONS;
export const AGGREGATION_KINDS = Object.keys(AGGREGATIONS).filter(
  (name): name is AggregationKind => name in AGGREGATIONS,
);

export function aggregationOf(measure: { kind: AggregationKind }): Aggregation {
  return AGGREGATIONS[measure.kind];
}

/** Whether there is such an aggregation of a field of this type. A category is a place in a list, which is not added up. */
export function takesField(kind: AggregationKind, { type }: { type: string }): boolean {
  const { field } = aggregationOf({ kind });
  return field === 'any' || (field === 'number' && type !== 'category');
}

/** Whether its days are forgotten one by one, so that it is known over windows only. */
export function countsDays(aggregation: Aggregation): boolean {
  return aggregation.result === 'events' && aggregation.per === 'day';
}

/** The power of ten that its integers are multiplied by, and their currency. */
export function measuredIn(
  { result }: Pick<Aggregation, 'result'>,
  field: { scale: number; currency?: string | undefined } | undefined,
): { scale: number; unit: string } {
  if (result === 'events' || field === undefined) return { scale: 1, unit: '' };
  return { scale: 10 ** field.scale, unit: field.currency ?? '' };
}
