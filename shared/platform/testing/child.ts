import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

const PLATFORM = pathToFileURL(`${import.meta.dirname}/../`).href;

export interface Child {
  process: ChildProcess;
  /** The next message that it sends. */
  message(): Promise<unknown>;
  /** Exit code, once it has ended and all that it wrote is read. */
  ended: Promise<number | null>;
  stdout(): string;
  stderr(): string;
}

/** Runs an ES module in a process of its own; PLATFORM in it is the URL of this library, and process.send reaches the test. */
export function runChild(script: string, env: NodeJS.ProcessEnv = {}): Child {
  const written = { stdout: '', stderr: '' };
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script.replaceAll('PLATFORM/', PLATFORM)],
    { env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe', 'ipc'] },
  );
  child.stdout?.on('data', (chunk) => {
    written.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    written.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const early = ended.then((code) => {
    throw new Error(`the child ended with ${code} before it sent anything:\n${written.stderr}`);
  });
  early.catch(() => {});
  return {
    process: child,
    message: async () => (await Promise.race([once(child, 'message'), early]))[0],
    ended,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
  };
}
