import type { ChildMessage } from './job.ts';
import { trainingJob } from './job.ts';
import { train } from './train.ts';

/** The training process: one job, then it ends, and its memory with it. It ends too when the service is gone. */
const send = (message: ChildMessage) => process.send?.(message);
process.on('disconnect', () => process.exit(1));
process.once('message', async (message) => {
  try {
    send({ type: 'result', result: await train(trainingJob.parse(message), send) });
  } catch (error) {
    send({ type: 'error', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
});
