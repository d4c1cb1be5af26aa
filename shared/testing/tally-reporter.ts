import { writeSync } from 'node:fs';
import type { AggregatedResult } from '@jest/reporters';

/**
 * Prints `N passed, N failed[, N skipped]` as the last line of a run, for tools that read it.
 * A file that could not even be loaded counts as one failure.
 */
class TallyReporter {
  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    // Jest adds its own summary after every other reporter, so the line waits for the end of the process.
    process.once('exit', () => writeSync(process.stdout.fd, `${tally(results)}\n`));
  }
}

type Counts = Pick<
  AggregatedResult,
  'numPassedTests' | 'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPendingTests' | 'numTodoTests'
>;

export function tally(results: Counts): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

// biome-ignore lint/style/noDefaultExport: Jest takes a reporter from the default export
export default TallyReporter;
