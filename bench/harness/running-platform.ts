import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@churn/embedded';
import { descendants, environment } from './process-tree.ts';

export const SERVICES = ['control', 'ingestion', 'training', 'batch', 'monitoring', 'inference'] as const;
export type ServiceName = (typeof SERVICES)[number];
export type Store = 'redis' | 'postgres';
/** What `churn up` runs: each can be the victim of a fault. */
export const PROCESSES: readonly ProcessName[] = [
  'batch',
  'ingestion',
  'inference',
  'training',
  'monitoring',
  'control',
  'redis',
  'postgres',
];
export type ProcessName = ServiceName | Store;

const UP_MS = 120_000;

/** `churn up examples/cdnow` with a folder and ports of its own, serving. Linux only: processes are found in /proc. */
export interface RunningPlatform {
  dir: string;
  url(service: ServiceName): string;
  pidOf(name: ProcessName): Promise<number>;
  /** The process and all that it has started. */
  treeOf(name: ProcessName): Promise<number[]>;
  /** The settings that a process was started with. */
  environmentOf(name: ProcessName): Promise<Record<string, string | undefined>>;
  /** Runs the command line against it. Throws when it does not end with 0. */
  churn(...args: string[]): Promise<void>;
  /** Ctrl-C. Says how long everything took to end, and how many processes were left; removes the folder. */
  end(): Promise<{ seconds: number; left: number }>;
}

/** Starts it and waits until it serves; at most two minutes. `settings` are added to its environment. */
export async function startPlatform(settings: Record<string, string> = {}): Promise<RunningPlatform> {
  const dir = await mkdtemp(join(tmpdir(), 'churn-bench-'));
  // Else the servers, which are not root, keep their files elsewhere, where nobody removes them.
  await chmod(dir, 0o755);
  const env: Record<string, string> = { PATH: process.env.PATH ?? '', ...settings };
  for (const service of SERVICES) env[urlSetting(service)] = `http://127.0.0.1:${await freePort()}`;
  const up = spawn(process.execPath, ['services/cli/main.ts', 'up', 'examples/cdnow', '--state', dir], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await serving(up);
  } catch (error) {
    await end(up, dir);
    throw error;
  }
  const pidOf = (name: ProcessName) => find(up, dir, name);
  return {
    dir,
    url: (service) => env[urlSetting(service)] ?? '',
    pidOf,
    async treeOf(name) {
      const root = await pidOf(name);
      return [root, ...(await descendants(root)).map(({ pid }) => pid)];
    },
    environmentOf: async (name) => environment(await pidOf(name)),
    churn: (...args) => runChurn(args, env),
    end: () => end(up, dir),
  };
}

async function find(up: ChildProcess, dir: string, name: ProcessName): Promise<number> {
  const [first] = (await descendants(up.pid ?? 0, dir)).filter(({ command }) => runs(command, name));
  if (first === undefined) throw new Error(`no process of ${name} is running`);
  return first.pid;
}

async function runChurn(args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, ['services/cli/main.ts', ...args], {
    env: { ...env, CHURN_PROJECT: 'cdnow' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`churn ${args.join(' ')} ended with ${code}`);
}

async function end(up: ChildProcess, dir: string): Promise<{ seconds: number; left: number }> {
  const started = performance.now();
  up.kill('SIGINT');
  if (up.exitCode === null) await once(up, 'exit');
  const left = await descendants(up.pid ?? 0, dir);
  await rm(dir, { recursive: true, force: true });
  return { seconds: (performance.now() - started) / 1000, left: left.length };
}

function urlSetting(service: ServiceName): string {
  return `CHURN_${service.toUpperCase()}_URL`;
}

async function serving(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGINT'), UP_MS);
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Serving')) continue;
    clearTimeout(timer);
    child.stdout.resume();
    return;
  }
  throw new Error('churn up ended before it served');
}

function runs(command: string, name: ProcessName): boolean {
  if (name === 'redis') return /^\S*redis-server/.test(command);
  if (name === 'postgres') return /^\S*\/postgres /.test(command);
  return command.includes(`services/${name}/main.ts`);
}
