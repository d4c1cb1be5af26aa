import type { FieldValue, ViewLayout } from './layout.ts';
import { StateFormatError, VarintReader, VarintWriter } from './varint.ts';

/**
 * Bytes of a state: format 1, the position as uint64 big-endian (so that Redis compares it as text), then varints:
 *   events folded, [first us, last - first us, then per measure its lifetime total; a sum also the excess of its magnitude (a total of 0
 *     and INEXACT: the sum is not exact any more);
 *     per `latest` field its value on the last event]
 *   future events: how many, each (us since the previous, per field its value)
 *   day tiles: how many, days since the previous, then column after column
 * A value is 0 where it is missing, else 1 and the integer.
 */
const STATE_FORMAT = 1;
export const HEADER_BYTES = 9;

export interface PendingEvent {
  occurredUs: number;
  values: FieldValue[];
}

interface DayTile {
  day: number;
  /** One per tile column of the layout. */
  values: number[];
}

export interface ViewState {
  position: number;
  /** Events folded into totals and tiles. */
  events: number;
  firstUs: number;
  lastUs: number;
  totals: number[];
  /** Sum of the absolute values per measure: while it is exact, so is every partial sum in every order. */
  magnitudes: number[];
  /** One per `latest` field of the layout: its value on the last event folded. */
  latest: FieldValue[];
  /** By time, then position. */
  pending: PendingEvent[];
  /** By day. */
  tiles: DayTile[];
}

export function emptyState(layout: ViewLayout): ViewState {
  const zeros = layout.measures.map(() => 0);
  return {
    position: 0,
    events: 0,
    firstUs: 0,
    lastUs: 0,
    totals: zeros,
    magnitudes: [...zeros],
    latest: layout.latest.map(() => undefined),
    pending: [],
    tiles: [],
  };
}

/** Checks the first byte. */
export function requireFormat(bytes: Uint8Array): void {
  if (bytes.length > HEADER_BYTES && bytes[0] === STATE_FORMAT) return;
  throw new StateFormatError(
    `an online state has format ${bytes[0] ?? 'none'} and ${bytes.length} bytes, this version reads format ${STATE_FORMAT}; ` +
      'rebuild the states with `churn features materialize`',
  );
}

/** The last position applied to a state. */
export function statePosition(bytes: Uint8Array): number {
  requireFormat(bytes);
  let position = 0;
  for (let i = 1; i < HEADER_BYTES; i++) position = position * 256 + (bytes[i] ?? 0);
  return position;
}

export function encodeState(layout: ViewLayout, state: ViewState): Uint8Array {
  const writer = new VarintWriter();
  writer.byte(STATE_FORMAT);
  for (let shift = 7; shift >= 0; shift--) writer.byte(Math.floor(state.position / 256 ** shift) % 256);
  writer.unsigned(state.events);
  if (state.events > 0) writeTotals(writer, layout, state);
  writer.unsigned(state.pending.length);
  let previousUs = 0;
  for (const event of state.pending) {
    writer.unsigned(event.occurredUs - previousUs);
    previousUs = event.occurredUs;
    for (const value of event.values) writeValue(writer, value);
  }
  writeTiles(writer, layout, state.tiles);
  return writer.finish();
}

function writeValue(writer: VarintWriter, value: FieldValue): void {
  writer.byte(value === undefined ? 0 : 1);
  if (value !== undefined) writer.signed(value);
}

function readValue(reader: VarintReader): FieldValue {
  return reader.unsigned() === 0 ? undefined : reader.signed();
}

function writeTotals(writer: VarintWriter, layout: ViewLayout, state: ViewState): void {
  writer.unsigned(state.firstUs);
  writer.unsigned(state.lastUs - state.firstUs);
  for (const [index, measure] of layout.measures.entries()) {
    const total = state.totals[index] ?? 0;
    writer.signed(total);
    if (measure.mayBeInexact) writer.unsigned((state.magnitudes[index] ?? 0) - Math.abs(total));
  }
  for (const value of state.latest) writeValue(writer, value);
}

function writeTiles(writer: VarintWriter, layout: ViewLayout, tiles: readonly DayTile[]): void {
  writer.unsigned(tiles.length);
  let previousDay = 0;
  for (const tile of tiles) {
    writer.unsigned(tile.day - previousDay);
    previousDay = tile.day;
  }
  for (let column = 0; column < layout.columns.length; column++) {
    for (const tile of tiles) writer.signed(tile.values[column] ?? 0);
  }
}

export function decodeState(layout: ViewLayout, bytes: Uint8Array): ViewState {
  const state = emptyState(layout);
  state.position = statePosition(bytes);
  const reader = new VarintReader();
  reader.open(bytes, HEADER_BYTES);
  state.events = reader.unsigned();
  if (state.events > 0) readTotals(reader, layout, state);
  state.pending = readPending(reader, layout);
  state.tiles = readTiles(reader, layout);
  if (!reader.atEnd) {
    throw new StateFormatError(
      `an online state of ${layout.view} has bytes left over; rebuild it with \`churn features materialize\``,
    );
  }
  return state;
}

function readTotals(reader: VarintReader, layout: ViewLayout, state: ViewState): void {
  state.firstUs = reader.unsigned();
  state.lastUs = state.firstUs + reader.unsigned();
  for (const [index, measure] of layout.measures.entries()) {
    const total = reader.signed();
    state.totals[index] = total;
    state.magnitudes[index] = Math.abs(total) + (measure.mayBeInexact ? reader.unsigned() : 0);
  }
  state.latest = layout.latest.map(() => readValue(reader));
}

function readPending(reader: VarintReader, layout: ViewLayout): PendingEvent[] {
  const pending: PendingEvent[] = [];
  let occurredUs = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    occurredUs += reader.unsigned();
    pending.push({
      occurredUs,
      values: layout.fields.map(() => readValue(reader)),
    });
  }
  return pending;
}

function readTiles(reader: VarintReader, layout: ViewLayout): DayTile[] {
  const tiles: DayTile[] = [];
  let day = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    day += reader.unsigned();
    tiles.push({ day, values: [] });
  }
  for (let column = 0; column < layout.columns.length; column++) {
    for (const tile of tiles) tile.values.push(reader.signed());
  }
  return tiles;
}
