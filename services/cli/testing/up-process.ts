import { spawn } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { eventually, testFolder } from '@churn/testing';
import { familyOf, stillRunning } from './processes.ts';
import { CDNOW, churnArgs, environment } from './run-churn.ts';

/** A real `churn up examples/cdnow`, leader of its process group as in a terminal. */
export interface UpProcess {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  /** Both streams, so far. */
  output(): string;
  /** Waits until the output has the text; every process of the family is noted on the way. */
  reached(text: string): Promise<void>;
  /** Ctrl-C: SIGINT to the whole group. */
  interrupt(): void;
  /** SIGKILL to `churn up` alone. */
  kill(): void;
  /** Of every process that was ever seen below it: those that run now. */
  leftovers(): string[];
}

export function startUp(
  state: string,
  settings: Record<string, string>,
  args: readonly string[] = [],
): UpProcess {
  const child = spawn(process.execPath, churnArgs(['up', CDNOW, '--state', state, ...args]), {
    env: environment(settings),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  const seen = new Set<number>();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const note = () => {
    for (const member of familyOf(pid)) seen.add(member);
  };
  return {
    pid,
    exited,
    output: () => output,
    async reached(text) {
      await eventually(
        () => {
          note();
          if (child.exitCode !== null && !output.includes(text)) return 'ended';
          return output.includes(text);
        },
        { timeoutMs: 200_000 },
      );
      if (!output.includes(text)) throw new Error(`churn up ended before "${text}":\n${output}`);
    },
    interrupt() {
      note();
      process.kill(-pid, 'SIGINT');
    },
    kill() {
      note();
      child.kill('SIGKILL');
    },
    leftovers() {
      note();
      return stillRunning([...seen]);
    },
  };
}

/** A state folder that a server's unprivileged user may enter. */
export function scratchState(): { path: string; remove(): void } {
  const path = testFolder('up');
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
