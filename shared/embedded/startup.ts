import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { WatchedProcess } from './watched-process.ts';

/** Asks `ready` every 20 ms until it gives a value; null when the process ended first or after `ms`. */
export async function pollUntil<T>(
  server: WatchedProcess,
  ms: number,
  ready: () => Promise<T | null> | T | null,
): Promise<T | null> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + ms;
  while (!ended && Date.now() < deadline) {
    const value = await ready();
    if (value !== null) return value;
    await delay(20);
  }
  return null;
}

/** The end of a log, for an error message. */
export function lastLines(path: string, count = 5): string {
  return existsSync(path)
    ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
    : '(no log)';
}
