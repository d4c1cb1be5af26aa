import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually, freePort } from '@churn/testing';

export interface Running {
  url: string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** A service of the software in `dir` as the process it is in production, once it is ready. */
export async function startService(
  dir: string,
  service: string,
  settings: Readonly<Record<string, string>>,
): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [`services/${service}/main.ts`], {
    cwd: dir,
    env: { PATH: process.env.PATH, ...settings, PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => {
    if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode}: ${errors}`);
    return (await fetch(`${url}/health/ready`)).ok;
  };
  await eventually(ready, { timeoutMs: 60_000, everyMs: 100 }).catch(async (error) => {
    await stop(child);
    throw error;
  });
  return { url, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return child.exitCode;
}
