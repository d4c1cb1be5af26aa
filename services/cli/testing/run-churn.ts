import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = resolve(import.meta.dirname, '../main.ts');
export const CDNOW = resolve(import.meta.dirname, '../../../examples/cdnow');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The arguments of Node for the real command line. */
export const churnArgs = (args: readonly string[]): string[] => [
  '--disable-warning=ExperimentalWarning',
  MAIN,
  ...args,
];

/** The environment without any setting of ours, then these. */
export function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const ours = /^(CHURN_|.*DATABASE_URL|.*REDIS_URL|LAKE_URL|HOST$|PORT$|LOG_LEVEL$)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
    ...settings,
  };
}

/** Runs the command line as a process of its own, without a terminal. Throws when it is not done within `limitMs`. */
export async function churn(
  args: readonly string[],
  settings: Record<string, string> = {},
  limitMs = 200_000,
): Promise<Ended> {
  const child = spawn(process.execPath, churnArgs(args), {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.kill('SIGTERM');
  }, limitMs);
  const code = new Promise<number | null>((done) => child.once('exit', done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = { code: await code, stdout, stderr };
  clearTimeout(limit);
  if (late) throw new Error(`churn ${args.join(' ')} was not done within ${limitMs} ms:\n${stderr}`);
  return ended;
}

/** Runs with --json and returns the one document on stdout; anything else there fails. */
export async function churnJson(
  args: readonly string[],
  settings: Record<string, string>,
  limitMs?: number,
): Promise<Ended & { value: unknown }> {
  const ended = await churn([...args, '--json'], settings, limitMs);
  return { ...ended, value: JSON.parse(ended.stdout) };
}
