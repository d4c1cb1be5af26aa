/**
 * Two versions run at once in every rolling update, and a rollback brings the older one back: so a release's migrations only add, and the
 * version before runs on the schema that they leave. What is no longer used is taken away by a later release, in a migration with the line
 *   -- needs 0.3.0
 * which names the oldest version that runs without it. test/migrations finds what does more than add and does not say so.
 */
const NEEDS = /^-- needs (\S+)$/m;
const VERSION = /^\d+\.\d+\.\d+$/;

/** The oldest version that runs once the migration is applied; null when every version does. Throws when the line holds no version. */
export function neededVersion(name: string, sql: string): string | null {
  const needs = NEEDS.exec(sql)?.[1];
  if (needs !== undefined && !VERSION.test(needs))
    throw new Error(`Migration ${name} says "-- needs ${needs}": expected a version such as 0.3.0.`);
  return needs ?? null;
}

/** Whether version `a` comes before version `b`; both are three numbers. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const differing = left.findIndex((part, i) => part !== right[i]);
  return differing !== -1 && (left[differing] ?? 0) < (right[differing] ?? 0);
}
