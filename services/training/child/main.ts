import { serveTraining } from './serve.ts';

/** The training process: one job, then it ends, and its memory with it. */
serveTraining();
