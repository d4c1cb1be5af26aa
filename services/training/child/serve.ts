import { endWithParent } from './end-with-parent.ts';
import type { ChildMessage } from './job.ts';
import { trainingJob } from './job.ts';
import { train } from './train.ts';

/** Takes one job from the parent process, says how far it is and what came of it, then lets the process end. It ends too when the parent does. */
export function serveTraining(toOnnx?: Parameters<typeof train>[2]): void {
  const send = (message: ChildMessage) => process.send?.(message);
  endWithParent();
  process.once('message', async (message) => {
    try {
      send({ type: 'result', result: await train(trainingJob.parse(message), send, toOnnx) });
    } catch (error) {
      send({ type: 'error', message: error instanceof Error ? error.message : String(error) });
    }
    process.disconnect?.();
  });
}
