import { existsSync, readFileSync } from 'node:fs';

const LINES = 3;

/** The end of a log for a message: where it is, then its last lines. Nothing when there is none. */
export function logTail(path: string): string[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LINES);
  return [`the end of ${path}:`, ...lines.map((line) => `  ${line.slice(0, 400)}`)];
}
