import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { trainingJob } from '../child/job.ts';
import { serveTraining } from '../child/serve.ts';

/** A training process that says by a file beside its work that it has its job, and waits for the file `go` before it does it. */
process.once('message', (message) => {
  const place = dirname(trainingJob.parse(message).outDir);
  writeFileSync(join(place, `began-${process.pid}`), '');
  const timer = setInterval(() => {
    if (!existsSync(join(place, 'go'))) return;
    clearInterval(timer);
    serveTraining();
    process.emit('message', message, undefined);
  }, 10);
});
process.on('disconnect', () => process.exit(1));
