import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { trainingJob } from '../child/job.ts';
import { sayLast } from '../child/serve.ts';

/** A training process that says more than its channel holds, then its last words; a file beside its work tells when. */
process.once('message', (message) => {
  for (let done = 0; done < 20_000; done++)
    process.send?.({ type: 'progress', step: 'talking', done, total: null });
  sayLast({ type: 'error', message: 'the last words' });
  writeFileSync(join(dirname(trainingJob.parse(message).outDir), 'said'), '');
});
