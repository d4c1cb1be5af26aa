import { unknown } from './check-names.ts';
import type { ConditionIr, SourceIr } from './ir.ts';

/** The faults of a condition on a source's events. */
export function checkCondition(
  where: string,
  source: SourceIr,
  { field: name, op, value }: ConditionIr,
): string[] {
  const field = source.fields.find((candidate) => candidate.name === name);
  if (field === undefined)
    return unknown(
      where,
      `field of ${source.name}`,
      name,
      source.fields.map((candidate) => candidate.name),
    );
  if (field.categories === undefined) return [];
  return [
    ...(op === '=' || op === '<>' ? [] : [`${where} compares the category ${name} by ${op}; use = or <>`]),
    ...(field.categories[value] === undefined
      ? [`${where} names category ${value} of ${name}, which has ${field.categories.length}, from 0 on`]
      : []),
  ];
}
