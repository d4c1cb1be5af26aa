import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import { duration, type Progress, progressLine } from '../format.ts';
import type { Timing } from './summary.ts';

export interface Task {
  title: string;
  run(report: (state: Progress) => void): Promise<string>;
}

/**
 * Runs the tasks one after the other and shows them on stderr: live with a progress bar on a terminal, else one line when a task begins and
 * one when it ends. Rejects with the first failure; the rest is not begun.
 */
export async function runTasks(
  tasks: readonly Task[],
  how: { quiet: boolean; signal: AbortSignal },
): Promise<Timing[]> {
  const timings: Timing[] = [];
  const live = process.stderr.isTTY === true && !how.quiet;
  const logger = new ListrLogger({
    useIcons: live,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const list = new Listr(
    tasks.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, line: { title: string; output: string }) => {
        how.signal.throwIfAborted();
        const began = performance.now();
        const outcome = await run((state) => {
          if (live) line.output = progressLine(state);
        }).catch((error) => {
          // What a step says once its servers are being stopped is no fault of its own.
          throw how.signal.aborted ? how.signal.reason : error;
        });
        const ms = performance.now() - began;
        timings.push({ title, ms });
        line.title = `${title}: ${outcome} (${duration(ms)})`;
      },
    })),
    {
      renderer: how.quiet ? 'silent' : live ? 'default' : 'simple',
      rendererOptions: { logger },
      // Signals are ours: Listr would end the process before its children have.
      registerSignalListeners: false,
    },
  );
  await list.run();
  return timings;
}
