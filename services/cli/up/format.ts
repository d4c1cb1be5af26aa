const WIDTH = 24;

/** 12345.6 -> '12,346' */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Milliseconds as people say them: 40 ms, 1.2 s, 2 min 05 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** '████████░░░░  5 of 10 chunks' */
export function bar(done: number, total: number, unit: string): string {
  const full = total > 0 ? Math.round((WIDTH * Math.min(done, total)) / total) : 0;
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}  ${count(done)} of ${count(total)} ${unit}`;
}
