import { runCli } from '../program.ts';
import type { Ended } from './run-churn.ts';

/** Runs the command line inside the test's own process, which takes a hundredth of the time of one of its own. */
export async function churnHere(
  args: readonly string[],
  settings: Record<string, string> = {},
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof written) => ({
    write(text: string) {
      written[stream] += text;
    },
  });
  const streams = { stdout: into('stdout'), stderr: into('stderr') };
  const code = await runCli(args, { env: settings, streams });
  return { code, ...written };
}
