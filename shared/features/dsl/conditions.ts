import { listed } from '../categories.ts';
import { among } from '../definition-error.ts';
import type { ConditionIr, FieldIr, SourceIr } from '../ir.ts';
import { shift } from './shift.ts';
import type { Over } from './terms.ts';

/** The source's field of that name; a fault without one. */
export function fieldOf(
  where: string,
  source: SourceIr,
  name: string,
  faults: string[],
): FieldIr | undefined {
  const found = source.fields.find((field) => field.name === name);
  if (found === undefined) {
    const known = source.fields.map((field) => field.name);
    faults.push(`${where}: source ${source.name} declares no field "${name}" ${among(name, known)}`);
  }
  return found;
}

/** A condition with its value as the source stores it; what is wrong with it is added to `faults`. */
export function lowerCondition(
  where: string,
  source: SourceIr,
  { field: name, op, value }: NonNullable<Over['where']>,
  faults: string[],
): ConditionIr {
  const field = fieldOf(where, source, name, faults);
  if (field?.type === 'category') return { field: name, op, value: placeOf(where, field, op, value, faults) };
  const scale = field?.scale ?? 0;
  const scaled = typeof value === 'number' ? shift(value, scale) : undefined;
  if (scaled === undefined) {
    const shown = typeof value === 'number' ? value : `"${value}"`;
    faults.push(
      `${where}: the bound ${shown} on ${name} is not a number of at most ${scale} decimal places; ` +
        (typeof value === 'number' ? 'round it' : 'write it as a number, or declare the field as a category'),
    );
  }
  return { field: name, op, value: scaled ?? 0 };
}

function placeOf(
  where: string,
  { name, categories = [] }: FieldIr,
  op: ConditionIr['op'],
  value: string | number,
  faults: string[],
): number {
  if (op !== '=' && op !== '<>')
    faults.push(`${where}: ${name} is a category, which is compared by = or <> only, not by ${op}`);
  const place = typeof value === 'string' ? categories.indexOf(value) : -1;
  if (place < 0)
    faults.push(
      `${where}: ${JSON.stringify(value)} is not a category of ${name}; write one of ${listed(categories)}`,
    );
  return Math.max(0, place);
}
