import { columnOf, type FieldIr } from '@churn/features';

/** What a column of an event key means: a time and a number count by their value, however they are written; all else by its text. */
export type KeyPart =
  | { of: 'time' }
  | { of: 'field'; name: string; index: number }
  | { of: 'text'; column: string };

/** Between the columns of a key. */
export const KEY_SEPARATOR = '\u001f';

/**
 * The columns of an event key; none where there is no key. `timeColumn`: null where the source has none. A key of one column is the event_id
 * that REST sends, hence its text.
 */
export function keyParts(
  key: readonly string[] | null,
  timeColumn: string | null,
  fields: readonly FieldIr[],
): KeyPart[] {
  return (key ?? []).map((column, _, all): KeyPart => {
    if (all.length === 1) return { of: 'text', column };
    if (column === timeColumn) return { of: 'time' };
    const index = fields.findIndex((field) => columnOf(field) === column && field.categories === undefined);
    const name = fields[index]?.name;
    return name === undefined ? { of: 'text', column } : { of: 'field', name, index };
  });
}
