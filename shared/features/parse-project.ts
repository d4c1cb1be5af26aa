import { checkProject } from './check-project.ts';
import { DefinitionError } from './definition-error.ts';
import { type ProjectIr, projectIr } from './ir.ts';

/**
 * Checks that a value is a project that can be run: its shape, then every name in it. Throws DefinitionError with all faults at once
 * (of the shape, or if that is right, of the names).
 */
export function parseProjectIr(value: unknown): ProjectIr {
  requireShallow(value);
  const parsed = projectIr.safeParse(value);
  if (!parsed.success) {
    throw new DefinitionError(
      parsed.error.issues.map((issue) => `${place(value, issue.path)}: ${issue.message}`),
    );
  }
  const faults = checkProject(parsed.data);
  if (faults.length > 0) throw new DefinitionError(faults);
  return parsed.data;
}

/** A formula of 200 terms is well below; what is deeper would end the stack of whoever walks it. */
const DEEPEST = 300;

function requireShallow(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST)
      throw new DefinitionError([
        `the definitions are nested deeper than ${DEEPEST} levels; split the formula into several features`,
      ]);
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
}

/** `views[customer_transactions].features[txn_count_7d].name`: indexes replaced by names where things have one. */
function place(root: unknown, path: readonly PropertyKey[]): string {
  let value: unknown = root;
  let text = '';
  for (const key of path) {
    value = member(value, key);
    const name = typeof key === 'number' ? (member(value, 'name') ?? key) : key;
    text += typeof key === 'number' ? `[${String(name)}]` : `${text === '' ? '' : '.'}${String(name)}`;
  }
  return text === '' ? 'project' : text;
}

function member(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
