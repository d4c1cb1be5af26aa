import type { Duck } from '@churn/lake';
import { InvalidInput } from '@churn/platform';
import type { Context } from '../context.ts';
import { AHEAD_US, type Latest, type SourceRules } from '../events/source-rules.ts';
import { findShift } from '../queries/file-imports.ts';
import type { AsOf } from './as-of.ts';

export const DAY_US = 86_400_000_000;

interface Asked {
  projectId: string;
  rules: SourceRules;
  shiftEnd: 'yesterday' | undefined;
  asOf: AsOf | null;
}

/**
 * Whole days that the rows in `checked` are moved by, so that the last good one falls on the day asked for. The shift of the source's first import
 * holds for all later ones. Throws InvalidInput when one is asked for and the source stands without.
 */
export async function shiftOf(
  { pool, now }: Context,
  duck: Duck,
  { projectId, rules, shiftEnd, asOf }: Asked,
): Promise<number> {
  if (asOf !== null) return 0;
  const fixed = await findShift(pool, projectId, rules.source.name);
  if (fixed === 0 && shiftEnd !== undefined) throw shiftTooLate(rules.source.name);
  if (fixed !== null) return fixed;
  if (shiftEnd === undefined) return 0;
  const [row] = await duck.rows<{ last: bigint | null }>(
    'SELECT max(occurred_us) AS last FROM checked WHERE good',
  );
  if (row?.last == null) return 0;
  const yesterday = Math.floor((now() * 1000) / DAY_US) - 1;
  return yesterday - Math.floor(Number(row.last) / DAY_US);
}

function shiftTooLate(source: string): InvalidInput {
  return new InvalidInput(
    'shift-too-late',
    `The times of ${source} stand as they are since its first import, which was not shifted. Leave --shift-end (shift_end) out, or import this file as a source of its own.`,
  );
}

/** The latest time that a row of the file may have as it stands there. A shift is as old as the source, so the row alone does not show it. */
export function latestOf({ now }: Context, { source }: SourceRules, shiftDays: number): Latest {
  const moved = `, moved by the ${shiftDays} days that the first import of ${source.name} was shifted by (--shift-end, shift_end); import it as a source of its own, without a shift`;
  return {
    us: now() * 1000 + AHEAD_US - shiftDays * DAY_US,
    reason: `is more than 24 hours ahead of now${shiftDays === 0 ? '' : moved}`,
  };
}
