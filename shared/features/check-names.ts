import { among } from './definition-error.ts';

/** A fault for each name that stands more than once. */
export function repeated(what: string, names: readonly string[]): string[] {
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return twice.map((name) => `${what} ${name} is defined twice; give one of them another name`);
}

/** A fault, with what there is, when the name is not known. */
export function unknown(where: string, what: string, name: string, known: readonly string[]): string[] {
  return known.includes(name)
    ? []
    : [`${where} names the ${what} "${name}", which the project does not define ${among(name, known)}`];
}
