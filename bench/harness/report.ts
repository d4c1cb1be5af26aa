import { cpus } from 'node:os';

/** Prints a section of bench/results.md: what was measured, on what, by which command, and its table. */
export function report(options: {
  title: string;
  command: string;
  what: string;
  header: readonly string[];
  rows: readonly (readonly string[])[];
}): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  console.log(`## ${options.title}\n`);
  console.log(
    `\`${options.command}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}. ${options.what}\n`,
  );
  console.log(line(options.header));
  console.log(line(options.header.map(() => '---')));
  for (const row of options.rows) console.log(line(row));
  console.log('');
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
export const ms = (value: number): string => value.toFixed(2);
