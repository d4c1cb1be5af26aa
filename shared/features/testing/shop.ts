import { entity, featureView, source } from '../dsl/definitions.ts';
import { integer, money } from '../dsl/fields.ts';
import type { ProjectIr } from '../ir.ts';
import { parseProjectIr } from '../parse-project.ts';

export const customer = entity({ name: 'customer', joinKey: 'customer_id' });

export const orders = source({
  name: 'orders',
  entity: customer,
  timestampField: 'at',
  eventKey: null,
  fields: { amount: money('USD'), quantity: integer() },
});

/** A view of orders with these features. */
export function viewOf(features: Parameters<typeof featureView>[0]['features'], from = orders) {
  return featureView({ name: 'buying', version: 1, source: from, features });
}

/** The faults that reading a value as a project finds. */
export function faultsOf(value: unknown): readonly string[] {
  return faultsIn(() => parseProjectIr(value));
}

export function faultsIn(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && 'faults' in error) return error.faults as readonly string[];
    throw error;
  }
  return [];
}

/** A deep copy with one member replaced, `path` as in 'views.0.source'. */
export function changed(ir: ProjectIr, path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(ir);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at: unknown = copy;
  for (const key of keys) at = Reflect.get(at as object, key);
  Reflect.set(at as object, last, value);
  return copy;
}
