import { DAY_US } from '../measures.ts';
import { type FieldValue, INEXACT, type ViewLayout } from './layout.ts';
import type { OnlineEvent } from './online-view.ts';
import { decodeState, emptyState, encodeState, type PendingEvent, type ViewState } from './state-codec.ts';

/** An event's value or time is none that a Number holds exactly. */
class StateOverflowError extends Error {
  override name = 'StateOverflowError';
}

/** See OnlineView.apply. The result depends on the set of events and on `nowUs` only, not on how they were batched. */
export function applyEvents(
  layout: ViewLayout,
  bytes: Uint8Array | null,
  events: readonly OnlineEvent[],
  nowUs: number,
  onInexact?: (measure: string) => void,
): Uint8Array | null {
  const state = bytes === null ? emptyState(layout) : decodeState(layout, bytes);
  const exact = [...layout.measures.keys()].filter((index) => !isInexact(state, index));
  const fresh = inOrder(events.filter((event) => event.position > state.position));
  const due = state.pending.filter((event) => event.occurredUs < nowUs);
  if (fresh.length === 0 && due.length === 0) return null;
  state.pending = state.pending.filter((event) => event.occurredUs >= nowUs);
  for (const event of due) fold(layout, state, event);
  for (const event of fresh) {
    if (event.position === state.position) continue;
    state.position = event.position;
    take(layout, state, event, nowUs);
  }
  dropOldTiles(layout, state);
  for (const index of exact) if (isInexact(state, index)) onInexact?.(layout.measures[index]?.id ?? '');
  return encodeState(layout, state);
}

function inOrder(events: OnlineEvent[]): OnlineEvent[] {
  return events.sort((a, b) => a.position - b.position);
}

function take(layout: ViewLayout, state: ViewState, event: OnlineEvent, nowUs: number): void {
  const values = layout.fields.map((field): FieldValue => event.fields[field]);
  const taken = { occurredUs: event.occurredUs, values };
  requireExact(layout, taken);
  if (event.occurredUs < nowUs) {
    fold(layout, state, taken);
    return;
  }
  const after = state.pending.findIndex((waiting) => waiting.occurredUs > event.occurredUs);
  state.pending.splice(after < 0 ? state.pending.length : after, 0, taken);
}

function requireExact(layout: ViewLayout, event: PendingEvent): void {
  const whole = event.values.every((value) => value === undefined || Number.isSafeInteger(value));
  if (whole && Number.isSafeInteger(event.occurredUs) && event.occurredUs >= 0) return;
  throw new StateOverflowError(
    `View ${layout.view}: an event at ${event.occurredUs} us has values (${event.values.join(', ')}) that are not whole numbers ` +
      'below 2^53; fields are fixed-point integers and times are microseconds since 1970',
  );
}

function fold(layout: ViewLayout, state: ViewState, event: PendingEvent): void {
  // Among events of one time the last position stands: due events are folded before fresh ones, and both in the order of positions.
  if (event.occurredUs >= state.lastUs) state.latest = layout.latest.map((index) => event.values[index]);
  state.firstUs = state.events === 0 ? event.occurredUs : Math.min(state.firstUs, event.occurredUs);
  state.lastUs = Math.max(state.lastUs, event.occurredUs);
  state.events += 1;
  const tile = tileOf(layout, state, Math.floor(event.occurredUs / DAY_US));
  for (const [index, measure] of layout.measures.entries()) {
    if (isInexact(state, index)) continue;
    const amount = measure.amount(event.values);
    if (measure.onceADay) {
      if (amount !== 0 && measure.column >= 0) tile[measure.column] = 1;
      continue;
    }
    const magnitude = (state.magnitudes[index] ?? 0) + Math.abs(amount);
    if (magnitude >= INEXACT) {
      giveUp(state, index, measure.column);
      continue;
    }
    state.magnitudes[index] = magnitude;
    state.totals[index] = (state.totals[index] ?? 0) + amount;
    if (measure.column >= 0) tile[measure.column] = (tile[measure.column] ?? 0) + amount;
  }
}

function isInexact(state: ViewState, index: number): boolean {
  return state.magnitudes[index] === INEXACT;
}

/** Nothing is left of an inexact sum but that it is one, so that the bytes do not depend on the order of the events. */
function giveUp(state: ViewState, index: number, column: number): void {
  state.magnitudes[index] = INEXACT;
  state.totals[index] = 0;
  if (column >= 0) for (const { values } of state.tiles) values[column] = 0;
}

/** The values of that day's tile, made if it is missing. */
function tileOf(layout: ViewLayout, state: ViewState, day: number): number[] {
  if (layout.columns.length === 0) return [];
  let at = state.tiles.length;
  while (at > 0 && (state.tiles[at - 1]?.day ?? 0) > day) at--;
  const found = state.tiles[at - 1];
  if (found?.day === day) return found.values;
  const values = layout.columns.map(() => 0);
  state.tiles.splice(at, 0, { day, values });
  return values;
}

/** A read is never before the last event, so no window reaches further back than keepDays before its day. */
function dropOldTiles(layout: ViewLayout, state: ViewState): void {
  const oldest = Math.floor(state.lastUs / DAY_US) - layout.keepDays;
  const keep = state.tiles.findIndex((tile) => tile.day >= oldest);
  state.tiles.splice(0, keep < 0 ? state.tiles.length : keep);
}
