import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PROJECT, type World } from './world.ts';

const SCRIPT = fileURLToPath(new URL('./stopping-rebuild.ts', import.meta.url));
const LIMIT_MS = 20_000;

export interface RebuildProcess {
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** Lets it go on, and resolves with what it says at its end. */
  goOn(): Promise<string>;
}

/** Starts a rebuild that stops at a point (see stopping-rebuild.ts), and resolves once it is there. */
export async function rebuildUntil(world: World, point: string): Promise<RebuildProcess> {
  const child = spawn(process.execPath, [SCRIPT, point, PROJECT, String(world.nowMs)], {
    env: { PATH: process.env.PATH ?? '', ...world.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.value !== `at ${point}`) throw new Error(`the rebuild ended before "${point}": ${first.value}`);
  return {
    kill: () => end(child, timer),
    async goOn() {
      child.kill('SIGUSR2');
      const { value } = await lines.next();
      await end(child, timer);
      return String(value);
    },
  };
}

async function end(child: ChildProcess, timer: NodeJS.Timeout): Promise<void> {
  clearTimeout(timer);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
