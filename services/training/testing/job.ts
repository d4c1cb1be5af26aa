import { join } from 'node:path';
import type { TrainingJob } from '../child/job.ts';

/** A job that leads to nothing, for programs that never come to train. */
export function jobIn(outDir: string): TrainingJob {
  return {
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
  };
}
