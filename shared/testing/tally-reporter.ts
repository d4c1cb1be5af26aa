import { writeSync } from 'node:fs';
import type { AggregatedResult } from '@jest/reporters';

/**
 * Prints the slowest tests, and `N passed, N failed[, N skipped]` as the last line of a run, for tools that read it.
 * A file that could not even be loaded counts as one failure.
 */
class TallyReporter {
  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    // Jest adds its own summary after every other reporter, so the line waits for the end of the process.
    process.once('exit', () =>
      writeSync(process.stdout.fd, `${[...slowest(results), tally(results)].join('\n')}\n`),
    );
  }
}

type Counts = Pick<
  AggregatedResult,
  'numPassedTests' | 'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPendingTests' | 'numTodoTests'
>;

const SHOWN = 10;
/** A run of fewer files is somebody's look at one thing. */
const WHOLE_RUN = 50;

/** The slowest tests of a whole run, a line each; their time is what a faster suite could save. */
export function slowest({ testResults }: Pick<AggregatedResult, 'testResults'>): string[] {
  if (testResults.length < WHOLE_RUN) return [];
  const tests = testResults.flatMap((file) =>
    file.testResults.map(({ fullName, duration }) => ({ fullName, seconds: (duration ?? 0) / 1000 })),
  );
  tests.sort((a, b) => b.seconds - a.seconds);
  return [
    'Slowest tests:',
    ...tests
      .slice(0, SHOWN)
      .map(({ fullName, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${fullName}`),
  ];
}

export function tally(results: Counts): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @public Jest loads it by the file's name. */
// biome-ignore lint/style/noDefaultExport: Jest takes a reporter from the default export
export default TallyReporter;
