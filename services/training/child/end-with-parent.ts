import { Worker } from 'node:worker_threads';

/** A pipe that only the parent process holds the other end of, so that the system closes it when the parent is gone, however it went. */
export const PARENT_FD = 4;

/**
 * Ends this process at once when its parent is gone, killed by SIGKILL too. It watches from a thread of its own: a call into XGBoost blocks
 * the event loop for as long as a forest takes to grow, and 'disconnect' would wait for it. A parent that was gone before is seen as well.
 */
export function endWithParent(): void {
  new Worker(new URL('./parent-watch.ts', import.meta.url)).unref();
}
