import { pause } from '@churn/platform';
import { CliError, EXIT } from './errors.ts';
import { bar, type Output } from './output.ts';

/** What training and batch runs have in common. */
export interface Run {
  run_id: string;
  state: string;
  step: string | null;
  done: number;
  total: number | null;
  error: { detail: string } | null;
}

const POLL_MS = 250;

/** Reads a run until it ends, showing how far it is. Throws CliError when it failed or `limitMs` has passed; the run itself goes on. */
export async function waitForRun<R extends Run>(
  read: () => Promise<R>,
  onProgress: (run: R) => void,
  limitMs: number,
): Promise<R> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const run = await read();
    onProgress(run);
    if (run.state === 'succeeded') return run;
    if (run.state === 'failed')
      throw new CliError(
        `Run ${run.run_id} failed: ${run.error?.detail ?? 'it did not say why'}`,
        EXIT.failed,
      );
    if (performance.now() > deadline)
      throw new CliError(
        `Run ${run.run_id} is still ${run.state} after ${Math.round(limitMs / 60_000)} minutes. It goes on; look again later.`,
        EXIT.failed,
      );
    await pause(POLL_MS);
  }
}

/** The line that a run shows while it works. */
export function runLine(run: Run): string {
  const step = run.step ?? run.state;
  return run.total === null || run.total === 0 ? step : `${bar(run.done, run.total)} ${step}`;
}

export function showRun(output: Output): (run: Run) => void {
  return (run) => output.progress(runLine(run));
}
