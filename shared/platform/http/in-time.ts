import { Unavailable } from '../errors.ts';
import { within } from '../lifecycle.ts';

const ANSWER_MS = 8_000;

/**
 * No client waits for a store that has frozen: after `ms` (default 8 s; Infinity: no limit) it is told so. What was asked may still be done
 * then, and the answer says that too.
 */
export async function inTime<T>(work: Promise<T>, ms = ANSWER_MS): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return work;
  const late = () =>
    new Unavailable(
      'no-answer-in-time',
      `There was no answer within ${ms / 1000} s: a store that this needs does not answer. What was asked may have been done all the same; look before you ask again.`,
      5,
    );
  return within(ms, work, late);
}
