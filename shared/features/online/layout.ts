import { aggregationOf, countsDays } from '../aggregations.ts';
import type { ConditionIr, FeatureViewIr } from '../ir.ts';
import { latestFields, measureUse } from '../measures.ts';

/** A value of one event's field, in fixed point; undefined where the event has none. */
export type FieldValue = number | undefined;

interface MeasureLayout {
  id: string;
  /** A sum that may leave the exact integers: its magnitude is kept beside it. */
  mayBeInexact: boolean;
  /** Any amount of a day makes one there, and there is no total. */
  onceADay: boolean;
  /** What one event adds, given the values of `ViewLayout.fields`. */
  amount(values: readonly FieldValue[]): number;
  /** Index of its column in the day tiles, -1 when no feature reads it over a window. */
  column: number;
}

/**
 * While the absolute values of all that a sum adds up to come to less than this, the sum and every part of it are exact in every order. From here
 * on a customer's sum is inexact, and what reads it is null, online as offline.
 */
export const INEXACT = Number.MAX_SAFE_INTEGER;

/** Where things stand in the state of a view; follows from the view alone: its source may change around it. */
export interface ViewLayout {
  view: string;
  /** Fields that measures and `latest` read: what is kept of a future event. */
  fields: string[];
  /** Indexes into `fields` of those whose value on the last event is kept. */
  latest: number[];
  measures: MeasureLayout[];
  /** Measure index of each tile column. */
  columns: number[];
  /** Window lengths in days, ascending. */
  windows: number[];
  /** Tiles older than this before the day of the last event can never be read again. */
  keepDays: number;
}

function condition(
  where: ConditionIr,
  fields: readonly string[],
): (values: readonly FieldValue[]) => boolean {
  const index = fields.indexOf(where.field);
  const bound = where.value;
  const on = (test: (value: number) => boolean) => (values: readonly FieldValue[]) => {
    const value = values[index];
    return value !== undefined && test(value);
  };
  switch (where.op) {
    case '>=':
      return on((value) => value >= bound);
    case '>':
      return on((value) => value > bound);
    case '<=':
      return on((value) => value <= bound);
    case '<':
      return on((value) => value < bound);
    case '=':
      return on((value) => value === bound);
    case '<>':
      return on((value) => value !== bound);
  }
}

/** What an event adds that meets the condition. */
function amountFor(aggregation: ReturnType<typeof aggregationOf>): (value: FieldValue) => number {
  if (aggregation.result === 'events') return (value) => (aggregation.counts(value) ? 1 : 0);
  return (value) => (value === undefined ? 0 : aggregation.adds(value));
}

/** The state layout of a view. */
export function viewLayout(view: FeatureViewIr): ViewLayout {
  const use = measureUse(view);
  const read = view.measures.flatMap((m) => [
    ...(m.field === undefined ? [] : [m.field]),
    ...(m.where === null ? [] : [m.where.field]),
  ]);
  const kept = latestFields(view);
  const fields = [...new Set([...read, ...kept])];
  const latest = kept.map((field) => fields.indexOf(field));
  const columns: number[] = [];
  const measures = view.measures.map((measure, index): MeasureLayout => {
    const windowed = (use.byMeasure.get(measure.id)?.windows.size ?? 0) > 0;
    const column = windowed ? columns.push(index) - 1 : -1;
    const meets = measure.where === null ? () => true : condition(measure.where, fields);
    const aggregation = aggregationOf(measure);
    const amountOf = amountFor(aggregation);
    const at = measure.field === undefined ? -1 : fields.indexOf(measure.field);
    const amount = (values: readonly FieldValue[]) => (meets(values) ? amountOf(values[at]) : 0);
    const mayBeInexact = aggregation.result === 'field';
    return { id: measure.id, mayBeInexact, onceADay: countsDays(aggregation), amount, column };
  });
  const keepDays = use.windows.at(-1) ?? 0;
  const key = `${view.name}@${view.version}`;
  return { view: key, fields, latest, measures, columns, windows: use.windows, keepDays };
}
