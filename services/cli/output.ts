import Table from 'cli-table3';

/** Where a command writes: people read tables, scripts read --json; progress and errors go to stderr. */
export interface Output {
  readonly json: boolean;
  /** The result: as JSON, or as the lines that `human` makes of it. */
  result<T>(value: T, human: (value: T) => string): void;
  /** A passing state on stderr: redrawn in place on a terminal, else only when it says something new. */
  progress(text: string): void;
  /** Ends the line of progress. */
  settle(): void;
}

export interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean | undefined };
}

export function createOutput(streams: Streams, json: boolean): Output {
  let last = '';
  const live = streams.stderr.isTTY === true;
  return {
    json,
    result(value, human) {
      streams.stdout.write(`${json ? JSON.stringify(value, null, 2) : human(value)}\n`);
    },
    progress(text) {
      if (json || text === last) return;
      last = text;
      streams.stderr.write(live ? `\r\u001b[K${text}` : `${text}\n`);
    },
    settle() {
      if (!json && live && last !== '') streams.stderr.write('\r\u001b[K');
      last = '';
    },
  };
}

/** A plain table without frames. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    chars: Object.fromEntries(
      [
        'top',
        'top-mid',
        'top-left',
        'top-right',
        'bottom',
        'bottom-mid',
        'bottom-left',
        'bottom-right',
        'left',
        'left-mid',
        'mid',
        'mid-mid',
        'right',
        'right-mid',
        'middle',
      ].map((name) => [name, '']),
    ),
  });
  made.push(...rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell)))));
  return made.toString();
}

/** A bar of 24 places with its percentage. */
export function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * 24);
  return `${'█'.repeat(full)}${'░'.repeat(24 - full)} ${String(Math.floor(share * 100)).padStart(3)}%`;
}

export const count = (n: number): string => n.toLocaleString('en-US');
export const decimal = (x: number, digits = 3): string => x.toFixed(digits);
