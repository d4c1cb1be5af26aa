import { endWithParent } from './end-with-parent.ts';
import type { ChildMessage } from './job.ts';
import { trainingJob } from './job.ts';
import { train } from './train.ts';

/** More often nobody looks; and thousands of messages fill the channel, since its reader may be busy. */
const PROGRESS_MS = 50;

/** Takes one job from the parent process, says how far it is and what came of it, then lets the process end. It ends too when the parent does. */
export function serveTraining(toOnnx?: Parameters<typeof train>[2]): void {
  endWithParent();
  process.once('message', async (message) => {
    try {
      sayLast({ type: 'result', result: await train(trainingJob.parse(message), createReport(), toOnnx) });
    } catch (error) {
      sayLast({ type: 'error', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** Sends the last message, and closes the channel once it has gone out: what waits in a channel that closes is lost. */
export function sayLast(message: ChildMessage): void {
  process.send?.(message, () => process.disconnect?.());
}

/** Sends progress now and then, and the first of each step. */
function createReport(): (progress: ChildMessage) => void {
  let step = '';
  let next = 0;
  return (message) => {
    const now = performance.now();
    if (message.type === 'progress' && message.step === step && now < next) return;
    if (message.type === 'progress') step = message.step;
    next = now + PROGRESS_MS;
    process.send?.(message);
  };
}
