import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { exitCodeOf } from '@churn/embedded';
import type { Runnable } from './keep-running.ts';

/** SIGTERM, then this long, then SIGKILL. A service drains within it in all but odd cases. */
const GRACE_MS = 5_000;

export interface SpawnOptions {
  /** Arguments of Node: the script and what follows. */
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** stdout and stderr are appended to it. */
  logPath: string;
}

/**
 * Runs a Node script in a process group of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then ends it in order.
 * Its stdin is a pipe from us: when we are killed it closes, and the service ends itself (CHURN_SUPERVISED).
 */
export function spawnService(options: SpawnOptions): Runnable & { readonly pid: number } {
  const log = openSync(options.logPath, 'a');
  const child = spawn(process.execPath, options.args, {
    cwd: options.cwd,
    env: { ...options.env, CHURN_SUPERVISED: '1' },
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.stdin?.on('error', () => {});
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => killGroup(child.pid), GRACE_MS);
      await exited;
      clearTimeout(late);
      // What it started itself (a training child) must not outlive it.
      killGroup(child.pid);
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty: what was wanted.
  }
}
