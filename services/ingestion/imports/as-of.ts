import { InvalidInput } from '@churn/platform';
import type { SourceRules } from '../events/source-rules.ts';
import { parseTimestamp } from '../events/timestamp.ts';

/** The instant that a file's rows hold as of. */
export interface AsOf {
  /** As it was given. */
  text: string;
  us: number;
}

/**
 * What an import says about time, checked against its source: null where the rows have times of their own. Throws InvalidInput when the instant is
 * missing, not one, in the future, or given for a source with a timestamp column; and when instants are to be shifted.
 */
export function readAsOf(
  rules: SourceRules,
  given: { asOf: string | undefined; shiftEnd: string | undefined },
  nowUs: number,
): AsOf | null {
  const { name } = rules.source;
  if (!rules.heldAsOf) {
    if (given.asOf === undefined) return null;
    throw new InvalidInput(
      'as-of-unwanted',
      `Source ${name} has times of its own in the column ${rules.timestampField}. Import it without --as-of (as_of).`,
    );
  }
  if (given.shiftEnd !== undefined)
    throw new InvalidInput(
      'shift-unwanted',
      `Source ${name} has no times to shift: its rows hold as of the instant that you give. Import it without --shift-end (shift_end).`,
    );
  if (given.asOf === undefined)
    throw new InvalidInput(
      'as-of-missing',
      `Source ${name} has no timestamp column, so say as of when the rows of the file hold: --as-of 2026-10-01 (as_of=2026-10-01).`,
    );
  const time = parseTimestamp(given.asOf);
  if (!time.ok) throw new InvalidInput('as-of-invalid', `--as-of (as_of) "${given.asOf}" ${time.reason}.`);
  if (time.value > nowUs)
    throw new InvalidInput(
      'as-of-future',
      `--as-of (as_of) "${given.asOf}" is in the future; nothing is known as of then. Give the instant at which the rows were so.`,
    );
  return { text: given.asOf, us: time.value };
}
