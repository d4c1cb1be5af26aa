import { checkProject } from './check-project.ts';
import { DefinitionError } from './definition-error.ts';
import { type ProjectIr, projectIr } from './ir.ts';

/**
 * Checks that a value is a project that can be run: its shape, then every name in it. Throws DefinitionError with all faults at once
 * (of the shape, or if that is right, of the names).
 */
export function parseProjectIr(value: unknown): ProjectIr {
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
