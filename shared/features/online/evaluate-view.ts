import type { FeatureViewIr, FormulaIr, IntExpression } from '../ir.ts';
import { DAY_US } from '../measures.ts';
import { type FieldValue, INEXACT, type ViewLayout } from './layout.ts';
import type { Evaluation, OnlineView } from './online-view.ts';
import { HEADER_BYTES, requireFormat } from './state-codec.ts';
import { StateFormatError, VarintReader } from './varint.ts';

/** The integers of one read; a closure per formula picks from it. NaN stands for null. */
interface Frame {
  totals: Float64Array;
  /** Of each sum, the absolute values that it is made of, added up; INEXACT from there on. */
  magnitudes: Float64Array;
  /** [column * windows + window]: sum of the column over that window. */
  windows: Float64Array;
  /** One per `latest` field of the layout. */
  latest: Float64Array;
  daysSinceLast: number;
  daysSinceFirst: number;
}

type Integer = (frame: Frame) => number;

/**
 * The read path of a view: decodes the state straight into window sums, then runs the formulas. No allocation but the answer.
 * A day tile belongs to the shortest window that holds it; longer windows add up from there (whole numbers, so exactly).
 */
export function compileEvaluator(view: FeatureViewIr, layout: ViewLayout): OnlineView['evaluate'] {
  const formulas = view.features.map((feature) => compileFormula(feature.formula, layout));
  const windowCount = layout.windows.length;
  const frame: Frame = {
    totals: new Float64Array(layout.measures.length),
    magnitudes: new Float64Array(layout.measures.length),
    windows: new Float64Array(layout.columns.length * windowCount),
    latest: new Float64Array(layout.latest.length),
    daysSinceLast: Number.NaN,
    daysSinceFirst: Number.NaN,
  };
  const fold = compileFold(layout, frame);

  return (state, tUs, out, offset) => {
    frame.totals.fill(0);
    frame.magnitudes.fill(0);
    frame.windows.fill(0);
    frame.latest.fill(Number.NaN);
    const evaluation = fold(state, tUs);
    forgetInexact(layout, frame);
    for (let column = 0; column < layout.columns.length; column++) {
      for (let i = column * windowCount + 1; i < (column + 1) * windowCount; i++) {
        frame.windows[i] = (frame.windows[i] ?? 0) + (frame.windows[i - 1] ?? 0);
      }
    }
    for (let i = 0; i < formulas.length; i++) out[offset + i] = formulas[i]?.(frame) ?? Number.NaN;
    return evaluation;
  };
}

/** What an inexact sum would say is null, over every window. */
function forgetInexact({ measures, windows }: ViewLayout, frame: Frame): void {
  for (let i = 0; i < measures.length; i++) {
    if ((frame.magnitudes[i] ?? 0) < INEXACT) continue;
    frame.totals[i] = Number.NaN;
    const first = (measures[i]?.column ?? -1) * windows.length;
    if (first >= 0) frame.windows.fill(Number.NaN, first, first + windows.length);
  }
}

/** Returns a function that reads a state into `frame`, each tile under the shortest window that holds it. */
function compileFold(
  layout: ViewLayout,
  frame: Frame,
): (state: Uint8Array | null, tUs: number) => Evaluation {
  const reader = new VarintReader();
  const windowCount = layout.windows.length;
  const values: FieldValue[] = layout.fields.map(() => undefined);
  let buckets = new Int32Array(128);
  let days = new Int32Array(128);
  /** Days that future events which are due have made one of, as day * columns + column: a tile of that day counts no second time. */
  const due = new Set<number>();
  let firstUs = 0;
  let lastUs = 0;
  let events = 0;

  /** Index of the shortest window that reaches `age` days back; windowCount when none does. */
  const bucketOf = (age: number) => {
    let bucket = 0;
    while (bucket < windowCount && age > (layout.windows[bucket] ?? 0)) bucket++;
    return bucket;
  };
  const add = (column: number, bucket: number, amount: number) => {
    if (column < 0 || bucket === windowCount) return;
    const slot = column * windowCount + bucket;
    frame.windows[slot] = (frame.windows[slot] ?? 0) + amount;
  };

  const readTotals = () => {
    events = reader.unsigned();
    if (events === 0) return;
    firstUs = reader.unsigned();
    lastUs = firstUs + reader.unsigned();
    for (let i = 0; i < layout.measures.length; i++) {
      const total = reader.signed();
      frame.totals[i] = total;
      if (layout.measures[i]?.mayBeInexact) frame.magnitudes[i] = Math.abs(total) + reader.unsigned();
    }
    for (let i = 0; i < layout.latest.length; i++)
      frame.latest[i] = reader.unsigned() === 0 ? Number.NaN : reader.signed();
  };
  /** Future events when they were stored; those due by now count. */
  const readPending = (asOfUs: number) => {
    let occurredUs = 0;
    for (let left = reader.unsigned(); left > 0; left--) {
      occurredUs += reader.unsigned();
      for (let i = 0; i < values.length; i++)
        values[i] = reader.unsigned() === 0 ? undefined : reader.signed();
      if (occurredUs >= asOfUs) continue;
      if (events === 0 || occurredUs < firstUs) firstUs = occurredUs;
      if (events === 0 || occurredUs >= lastUs) {
        lastUs = occurredUs;
        for (let i = 0; i < layout.latest.length; i++)
          frame.latest[i] = values[layout.latest[i] ?? 0] ?? Number.NaN;
      }
      events += 1;
      const bucket = bucketOf(Math.floor(asOfUs / DAY_US) - Math.floor(occurredUs / DAY_US));
      for (let i = 0; i < layout.measures.length; i++) {
        const measure = layout.measures[i];
        if (measure === undefined) continue;
        const amount = measure.amount(values);
        if (measure.onceADay) {
          const key = Math.floor(occurredUs / DAY_US) * layout.columns.length + measure.column;
          if (amount !== 0 && !due.has(key)) add(measure.column, bucket, 1);
          if (amount !== 0) due.add(key);
          continue;
        }
        frame.totals[i] = (frame.totals[i] ?? 0) + amount;
        if (measure.mayBeInexact) frame.magnitudes[i] = (frame.magnitudes[i] ?? 0) + Math.abs(amount);
        add(measure.column, bucket, amount);
      }
    }
  };
  const readTiles = (today: number) => {
    const tiles = reader.unsigned();
    if (tiles > buckets.length) {
      buckets = new Int32Array(tiles * 2);
      days = new Int32Array(tiles * 2);
    }
    let day = 0;
    for (let i = 0; i < tiles; i++) {
      day += reader.unsigned();
      buckets[i] = bucketOf(today - day);
      days[i] = day;
    }
    // Seldom: only where a future event has come due.
    const counted = due.size > 0;
    for (let column = 0; column < layout.columns.length; column++) {
      for (let i = 0; i < tiles; i++) {
        const amount = reader.signed();
        if (counted && due.has((days[i] ?? 0) * layout.columns.length + column)) continue;
        add(column, buckets[i] ?? windowCount, amount);
      }
    }
  };

  return (state, tUs) => {
    events = 0;
    lastUs = 0;
    due.clear();
    let asOfUs = tUs;
    if (state !== null) {
      requireFormat(state);
      reader.open(state, HEADER_BYTES);
      readTotals();
      if (events > 0 && lastUs >= tUs) asOfUs = lastUs + 1;
      readPending(asOfUs);
      readTiles(Math.floor(asOfUs / DAY_US));
      if (!reader.atEnd)
        throw new StateFormatError(`an online state of ${layout.view} has bytes left over; rebuild it`);
    }
    const today = Math.floor(asOfUs / DAY_US);
    frame.daysSinceLast = events === 0 ? Number.NaN : today - Math.floor(lastUs / DAY_US);
    frame.daysSinceFirst = events === 0 ? Number.NaN : today - Math.floor(firstUs / DAY_US);
    return {
      asOfUs,
      lastUs: events === 0 ? null : lastUs,
      daysSinceLast: events === 0 ? null : frame.daysSinceLast,
    };
  };
}

/** The last step, written out as in the SQL: see formulaIr. */
function compileFormula(formula: FormulaIr, layout: ViewLayout): Integer {
  const scale = formula.scale;
  if (formula.op === 'value') {
    const of = compileInteger(formula.of, layout);
    return (frame) => of(frame) / scale;
  }
  const numerator = compileInteger(formula.numerator, layout);
  const denominator = compileInteger(formula.denominator, layout);
  return (frame) => {
    const below = denominator(frame);
    const above = numerator(frame);
    if (below === 0 || Number.isNaN(below)) return Number.NaN;
    return above === 0 ? 0 : above / below / scale;
  };
}

/** Sums and differences add +0 so that no -0 comes out of a product; the SQL does the same. */
function compileInteger(expression: IntExpression, layout: ViewLayout): Integer {
  switch (expression.op) {
    case 'const': {
      const value = expression.value;
      return () => value;
    }
    case 'days_since_last':
      return (frame) => frame.daysSinceLast;
    case 'days_since_first':
      return (frame) => frame.daysSinceFirst;
    case 'latest': {
      const index = layout.latest.indexOf(layout.fields.indexOf(expression.field));
      return (frame) => frame.latest[index] ?? Number.NaN;
    }
    case 'window':
      return compileWindow(expression.measure, expression.days, layout);
    default: {
      const left = compileInteger(expression.left, layout);
      const right = compileInteger(expression.right, layout);
      if (expression.op === 'add') return (frame) => left(frame) + right(frame);
      if (expression.op === 'sub') return (frame) => left(frame) - right(frame);
      return (frame) => left(frame) * right(frame) + 0;
    }
  }
}

function compileWindow(id: string, days: number | null, layout: ViewLayout): Integer {
  const index = layout.measures.findIndex((measure) => measure.id === id);
  if (days === null) return (frame) => frame.totals[index] ?? Number.NaN;
  const column = layout.measures[index]?.column ?? -1;
  const slot = column * layout.windows.length + layout.windows.indexOf(days);
  return (frame) => frame.windows[slot] ?? Number.NaN;
}
