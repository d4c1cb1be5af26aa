import { constants } from 'node:os';

/** The exit code of a process that a signal ended, as shells have it: 128 and the signal's number. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
}

/** An exit code in words: 'was killed by SIGKILL', 'ended with exit code 1'. */
export function howItEnded(code: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return signal === undefined ? `ended with exit code ${code}` : `was killed by ${signal}`;
}
