import { resolve } from 'node:path';

const HALF_A_DAY_MS = 43_200_000;

/**
 * Settings with which the command line and all services that it starts believe that it is noon (UTC) of this day now, so that no day ends
 * while a test runs.
 */
export function atNoon(): Record<string, string> {
  const now = Date.now();
  const noon = Date.parse(new Date(now).toISOString().slice(0, 10)) + HALF_A_DAY_MS;
  return {
    NODE_OPTIONS: `--import=${resolve(import.meta.dirname, 'shifted-clock.ts')}`,
    TEST_CLOCK_AHEAD_MS: String(noon - now),
  };
}
