import Table from 'cli-table3';

const WIDTH = 24;
const FRAMES =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle';

/** 12345.6 -> '12,346' */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

export const decimal = (value: number, digits = 3): string => value.toFixed(digits);

/** Milliseconds as people say them: 40 ms, 1.2 s, 2 min 05 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** '████████████░░░░░░░░░░░░  50%' */
function bar(done: number, total: number): string {
  const share = Math.min(1, Math.max(0, done / total));
  const full = Math.round(share * WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)}%`;
}

/** How far something is: with a bar where there is a count. */
export function progressLine({ label, done = 0, total }: Progress): string {
  return total == null || total === 0 ? label : `${bar(done, total)} ${label}`;
}

export interface Progress {
  label: string;
  done?: number;
  /** null while it is not known. */
  total?: number | null;
}

/** A plain table without frames. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    chars: Object.fromEntries(FRAMES.split(' ').map((name) => [name, ''])),
  });
  made.push(...rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell)))));
  return made.toString().replaceAll(/[ \t]+$/gm, '');
}
