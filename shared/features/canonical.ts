import { createHash } from 'node:crypto';
import type { ProjectIr } from './ir.ts';

/** JSON with sorted keys and without white space: equal values give equal text, whatever order their keys were written in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 (lower-case hex) of the canonical JSON: the identity of a set of definitions. */
export function definitionsHash(ir: ProjectIr): string {
  return createHash('sha256').update(canonicalJson(ir)).digest('hex');
}
