import { columnOf } from '@churn/features';
import type { SourceRules } from './source-rules.ts';

/** What a column of an event key means: a time and a number count by their value, however they are written; all else by its text. */
export type KeyPart =
  | { of: 'time' }
  | { of: 'field'; name: string; index: number }
  | { of: 'text'; column: string };

/** Between the columns of a key. */
export const KEY_SEPARATOR = '\u001f';

/** The columns of the source's event key; none where it has no key. A key of one column is the event_id that REST sends, hence its text. */
export function keyParts({ source, fields, timestampField, heldAsOf }: SourceRules): KeyPart[] {
  const key = source.event_key ?? [];
  return key.map((column): KeyPart => {
    if (key.length === 1) return { of: 'text', column };
    if (!heldAsOf && column === timestampField) return { of: 'time' };
    const index = fields.findIndex((field) => columnOf(field) === column && field.categories === undefined);
    const name = fields[index]?.name;
    return name === undefined ? { of: 'text', column } : { of: 'field', name, index };
  });
}
