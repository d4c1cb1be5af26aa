import { among, DefinitionError } from '../definition-error.ts';

/** Types are not checked when a project file runs, so a misspelt option would mean something else in silence. Throws DefinitionError. */
export function onlyKnown(where: string, given: object, known: readonly string[]): void {
  const faults = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => `${where} has no option "${name}" ${among(name, known)}`);
  if (faults.length > 0) throw new DefinitionError(faults);
}
