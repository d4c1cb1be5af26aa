import { Listr } from 'listr2';
import { duration } from './format.ts';
import type { Report } from './story.ts';
import type { Timing } from './summary.ts';

export interface Task {
  title: string;
  run(report: Report): Promise<string>;
}

/**
 * Runs the tasks one after the other and shows them: live with a progress bar on a terminal, else one line when a task begins and one when
 * it ends. Rejects with the first failure; the rest is not begun.
 */
export async function runTasks(
  tasks: readonly Task[],
  how: { quiet: boolean; signal: AbortSignal },
): Promise<Timing[]> {
  const timings: Timing[] = [];
  const live = process.stdout.isTTY === true && !how.quiet;
  const list = new Listr(
    tasks.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, line: { title: string; output: string }) => {
        how.signal.throwIfAborted();
        const began = performance.now();
        const outcome = await run((detail) => {
          if (live) line.output = detail;
        });
        const ms = performance.now() - began;
        timings.push({ title, ms });
        line.title = `${title}: ${outcome} (${duration(ms)})`;
      },
    })),
    // Signals are ours: Listr would end the process before its children have.
    { renderer: how.quiet ? 'silent' : live ? 'default' : 'simple', registerSignalListeners: false },
  );
  await list.run();
  return timings;
}
