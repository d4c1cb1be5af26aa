/** Definitions that cannot be run, with every fault found at once: each names the thing, the place and the remedy. */
export class DefinitionError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? `${faults[0]}`
        : `${faults.length} faults:\n${faults.map((f) => `- ${f}`).join('\n')}`,
    );
    this.name = 'DefinitionError';
    this.faults = faults;
  }
}

/** `(it has a, b); did you mean "a"?` for a name that is not among `known`. */
export function among(unknown: string, known: readonly string[]): string {
  const nearest = known.find((candidate) => distance(unknown, candidate) <= Math.max(1, unknown.length / 3));
  const listed = known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
  return `(${listed})${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitute, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
