import { DAY_US } from '../measures.ts';
import { type FieldValue, INEXACT, type ViewLayout } from './layout.ts';
import type { Evaluation } from './online-view.ts';
import { HEADER_BYTES, requireFormat } from './state-codec.ts';
import { StateFormatError, VarintReader } from './varint.ts';

/** The integers of one read, which formulas pick from. NaN stands for null. */
export interface Frame {
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

export function createFrame(layout: ViewLayout): Frame {
  return {
    totals: new Float64Array(layout.measures.length),
    magnitudes: new Float64Array(layout.measures.length),
    windows: new Float64Array(layout.columns.length * layout.windows.length),
    latest: new Float64Array(layout.latest.length),
    daysSinceLast: Number.NaN,
    daysSinceFirst: Number.NaN,
  };
}

/**
 * Reads states of one layout into a frame, each day tile under the shortest window that holds it. Part after part as the bytes come, without
 * allocation; it is used again for every read.
 */
export class StateFold {
  readonly #layout: ViewLayout;
  readonly #frame: Frame;
  readonly #reader = new VarintReader();
  readonly #values: FieldValue[];
  #buckets = new Int32Array(128);
  #days = new Int32Array(128);
  /** Days that future events which are due have made one of, as day * columns + column: a tile of that day counts no second time. */
  readonly #due = new Set<number>();
  #firstUs = 0;
  #lastUs = 0;
  #events = 0;

  constructor(layout: ViewLayout, frame: Frame) {
    this.#layout = layout;
    this.#frame = frame;
    this.#values = layout.fields.map(() => undefined);
  }

  /** See OnlineView.evaluate. */
  read(state: Uint8Array | null, tUs: number): Evaluation {
    const frame = this.#frame;
    this.#reset();
    let asOfUs = tUs;
    if (state !== null) {
      requireFormat(state);
      this.#reader.open(state, HEADER_BYTES);
      this.#readTotals();
      if (this.#events > 0 && this.#lastUs >= tUs) asOfUs = this.#lastUs + 1;
      this.#readPending(asOfUs);
      this.#readTiles(Math.floor(asOfUs / DAY_US));
      if (!this.#reader.atEnd)
        throw new StateFormatError(`an online state of ${this.#layout.view} has bytes left over; rebuild it`);
    }
    this.#forgetInexact();
    const known = this.#events > 0;
    const today = Math.floor(asOfUs / DAY_US);
    frame.daysSinceLast = known ? today - Math.floor(this.#lastUs / DAY_US) : Number.NaN;
    frame.daysSinceFirst = known ? today - Math.floor(this.#firstUs / DAY_US) : Number.NaN;
    return {
      asOfUs,
      lastUs: known ? this.#lastUs : null,
      daysSinceLast: known ? frame.daysSinceLast : null,
    };
  }

  #reset(): void {
    this.#events = 0;
    this.#lastUs = 0;
    this.#due.clear();
    this.#frame.totals.fill(0);
    this.#frame.magnitudes.fill(0);
    this.#frame.windows.fill(0);
    this.#frame.latest.fill(Number.NaN);
  }

  #readTotals(): void {
    const reader = this.#reader;
    const { measures, latest } = this.#layout;
    this.#events = reader.unsigned();
    if (this.#events === 0) return;
    this.#firstUs = reader.unsigned();
    this.#lastUs = this.#firstUs + reader.unsigned();
    for (let i = 0; i < measures.length; i++) {
      const total = reader.signed();
      this.#frame.totals[i] = total;
      if (measures[i]?.mayBeInexact) this.#frame.magnitudes[i] = Math.abs(total) + reader.unsigned();
    }
    for (let i = 0; i < latest.length; i++)
      this.#frame.latest[i] = reader.unsigned() === 0 ? Number.NaN : reader.signed();
  }

  /** Future events when they were stored; those due by now count. */
  #readPending(asOfUs: number): void {
    const reader = this.#reader;
    let occurredUs = 0;
    for (let left = reader.unsigned(); left > 0; left--) {
      occurredUs += reader.unsigned();
      for (let i = 0; i < this.#values.length; i++)
        this.#values[i] = reader.unsigned() === 0 ? undefined : reader.signed();
      if (occurredUs < asOfUs) this.#addDue(occurredUs, Math.floor(asOfUs / DAY_US));
    }
  }

  /** One more event, whose values have just been read. */
  #addDue(occurredUs: number, today: number): void {
    const { latest, measures } = this.#layout;
    if (this.#events === 0 || occurredUs < this.#firstUs) this.#firstUs = occurredUs;
    if (this.#events === 0 || occurredUs >= this.#lastUs) {
      this.#lastUs = occurredUs;
      for (let i = 0; i < latest.length; i++)
        this.#frame.latest[i] = this.#values[latest[i] ?? 0] ?? Number.NaN;
    }
    this.#events += 1;
    const day = Math.floor(occurredUs / DAY_US);
    const bucket = this.#bucketOf(today - day);
    for (let i = 0; i < measures.length; i++) this.#addAmount(i, day, bucket);
  }

  #addAmount(index: number, day: number, bucket: number): void {
    const measure = this.#layout.measures[index];
    if (measure === undefined) return;
    const { totals, magnitudes } = this.#frame;
    const amount = measure.amount(this.#values);
    if (measure.onceADay) {
      if (amount === 0) return;
      const key = day * this.#layout.columns.length + measure.column;
      if (!this.#due.has(key)) this.#add(measure.column, bucket, 1);
      this.#due.add(key);
      return;
    }
    totals[index] = (totals[index] ?? 0) + amount;
    if (measure.mayBeInexact) magnitudes[index] = (magnitudes[index] ?? 0) + Math.abs(amount);
    this.#add(measure.column, bucket, amount);
  }

  #readTiles(today: number): void {
    const reader = this.#reader;
    const columns = this.#layout.columns.length;
    const nowhere = this.#layout.windows.length;
    const tiles = reader.unsigned();
    if (tiles > this.#buckets.length) {
      this.#buckets = new Int32Array(tiles * 2);
      this.#days = new Int32Array(tiles * 2);
    }
    const buckets = this.#buckets;
    let day = 0;
    for (let i = 0; i < tiles; i++) {
      day += reader.unsigned();
      buckets[i] = this.#bucketOf(today - day);
      this.#days[i] = day;
    }
    // Seldom: only where a future event has come due.
    const counted = this.#due.size > 0;
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < tiles; i++) {
        const amount = reader.signed();
        if (counted && this.#due.has((this.#days[i] ?? 0) * columns + column)) continue;
        this.#add(column, buckets[i] ?? nowhere, amount);
      }
    }
  }

  /** What an inexact sum would say is null, over every window. */
  #forgetInexact(): void {
    const { measures, windows } = this.#layout;
    for (let i = 0; i < measures.length; i++) {
      if ((this.#frame.magnitudes[i] ?? 0) < INEXACT) continue;
      this.#frame.totals[i] = Number.NaN;
      const first = (measures[i]?.column ?? -1) * windows.length;
      if (first >= 0) this.#frame.windows.fill(Number.NaN, first, first + windows.length);
    }
  }

  /** Index of the shortest window that reaches `age` days back; as many as there are when none does. */
  #bucketOf(age: number): number {
    const { windows } = this.#layout;
    let bucket = 0;
    while (bucket < windows.length && age > (windows[bucket] ?? 0)) bucket++;
    return bucket;
  }

  #add(column: number, bucket: number, amount: number): void {
    const { windows } = this.#layout;
    if (column < 0 || bucket === windows.length) return;
    const slot = column * windows.length + bucket;
    this.#frame.windows[slot] = (this.#frame.windows[slot] ?? 0) + amount;
  }
}
