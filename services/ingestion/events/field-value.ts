import { type FieldIr, listed } from '@churn/features';
import { invalid, type Parsed, parseFixedPoint, valid } from './fixed-point.ts';

/** White space as DuckDB's `\\s` has it, so that a file's cell and an event's value are blank alike. */
const BLANK = /^[\t\n\f\r ]*$/;

/** A field's text as the integer that is stored; undefined where it is blank: the value is missing. */
export function parseField(field: FieldIr, text: string): Parsed<number | undefined> {
  if (BLANK.test(text)) return valid(undefined);
  return field.categories === undefined
    ? parseFixedPoint(text, field.scale)
    : parseCategory(field.name, field.categories, text);
}

function parseCategory(field: string, categories: readonly string[], text: string): Parsed<number> {
  const place = categories.indexOf(text);
  if (place >= 0) return valid(place);
  return invalid(
    `"${text}" is not among the categories ${listed(categories)}; if it is right, append it to the list of field ${field} and apply the definitions`,
  );
}
