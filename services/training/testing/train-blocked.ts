import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { trainingJob } from '../child/job.ts';
import { serveTraining } from '../child/serve.ts';

/** A training process that says by a file that it has its job, and whose event loop then stands still, as while a large forest grows. */
serveTraining();
process.once('message', (message) => {
  writeFileSync(join(dirname(trainingJob.parse(message).outDir), `began-${process.pid}`), '');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
