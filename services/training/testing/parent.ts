import { join } from 'node:path';
import { runChild } from '../run-child.ts';

/** A process that trains in a process of its own which never gets done, for tests that kill the first. Argument: a folder for the second to work in. */
const outDir = join(process.argv[2] ?? '', 'work');
await runChild(
  join(import.meta.dirname, 'train-blocked.ts'),
  {
    snapshotPath: join(outDir, 'snapshot.parquet'),
    tempDir: outDir,
    outDir,
    features: [],
    baselineFeature: '',
    trainingCutsUs: [],
    testCutUs: 0,
    training: {
      algorithm: 'random-forest',
      cuts: 1,
      cut_every_days: 30,
      trees: 1,
      depth: 1,
      learning_rate: 0.1,
      seed: 1,
    },
  },
  () => {},
  new AbortController().signal,
);
