/**
 * Two versions run at once in every rolling update, and a rollback brings the older one back: so a release's migrations only add, and the
 * version before runs on the schema that they leave. What is no longer used is taken away by a later release, in a migration with the line
 *   -- needs 0.3.0
 * which names the oldest version that runs without it.
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

const STRING_OR_COMMENT = /--[^\n]*|'(?:[^']|'')*'/g;
const TAKES_AWAY: readonly (readonly [RegExp, string])[] = [
  [/\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION|TYPE|SCHEMA)\b/i, 'drops'],
  [/\bRENAME\b/i, 'renames'],
  [/\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b/i, 'changes a type'],
  [/\bSET\s+NOT\s+NULL\b/i, 'refuses NULL where the version before may write it'],
  [
    /\bADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+(?:(?!\bDEFAULT\b)[^,;])*\bNOT\s+NULL\b(?![^,;]*\bDEFAULT\b)/i,
    'wants a value that the version before does not write',
  ],
];

/** What a migration does that the version before may not survive; empty when it only adds. */
export function takesAway(sql: string): string[] {
  const statements = sql.replaceAll(STRING_OR_COMMENT, ' ');
  return TAKES_AWAY.filter(([pattern]) => pattern.test(statements)).map(([, what]) => what);
}
