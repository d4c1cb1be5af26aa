import { join } from 'node:path';
import { runChild } from '../run-child.ts';
import { jobIn } from './job.ts';

/** A process that trains in a process of its own which never gets done, for tests that kill the first. Argument: a folder for the second to work in. */
await runChild(
  join(import.meta.dirname, 'train-blocked.ts'),
  jobIn(join(process.argv[2] ?? '', 'work')),
  () => {},
  new AbortController().signal,
);
