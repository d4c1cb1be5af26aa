import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Point } from '../hooks.ts';
import type { World } from './world.ts';

const SCRIPT = fileURLToPath(new URL('./stopping-service.ts', import.meta.url));
const START_MS = 20_000;

/** Starts a batch service that stops at a point, and resolves once it is there. */
export async function startUntil(world: World, point: Point, leaseMs: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [SCRIPT, point, String(world.nowMs), String(leaseMs)], {
    env: { PATH: process.env.PATH ?? '', ...world.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== `at ${point}`) continue;
    clearTimeout(timer);
    return child;
  }
  throw new Error(`the service ended before it was at "${point}"`);
}

/** kill -9, and waits until the process is gone. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
