import { type Progress, progressLine } from './format.ts';

/** Where a command writes: people read tables, scripts read --json; progress and errors go to stderr. */
export interface Output {
  readonly json: boolean;
  /** The result: as one JSON document, or as the lines that `human` makes of it. */
  result<T>(value: T, human: (value: T) => string): void;
  /** A passing state on stderr: redrawn in place on a terminal, else one line when the label changes. Nothing with --json. */
  progress(state: Progress): void;
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
    progress(state) {
      const text = live ? progressLine(state) : state.label;
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
