import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort, startPostgres, startRedis } from '@churn/embedded';
import { createPool, migrate } from '@churn/platform';
import type { Pool } from 'pg';

/** Servers and folders of one benchmark, all gone at its end. */
export interface Platform {
  dir: string;
  pool: Pool;
  lakeUrl: string;
  redisUrl: string;
  /** Settings of a service on these servers, for `project`, on a port of its own choice. */
  env(project: string): Record<string, string>;
  /** Starts a service as the process it is in production, and resolves once it is ready. */
  spawn(service: string, project: string): Promise<Spawned>;
}

export interface Spawned {
  url: string;
  pid: number;
  /** From its start until it was ready. */
  readySeconds: number;
  stop(): Promise<void>;
}

const READY_MS = 30_000;

/** Runs `work` on a Postgres and a Redis of its own, durable as `churn up` has them; ends the process when it takes longer than `limitMs`. */
export async function withPlatform(
  limitMs: number,
  work: (platform: Platform) => Promise<void>,
): Promise<void> {
  setTimeout(() => {
    console.error(`not done within ${limitMs / 60_000} minutes`);
    process.exit(1);
  }, limitMs).unref();
  const dir = await mkdtemp(join(tmpdir(), 'churn-bench-'));
  const [postgres, redis] = await Promise.all([
    startPostgres({ dir: join(dir, 'postgres'), removeOnStop: true }),
    startRedis({ dir: join(dir, 'redis'), aof: true, removeOnStop: true }),
  ]);
  const pool = createPool(postgres.url, { applicationName: 'bench' });
  const lakeUrl = pathToFileURL(join(dir, 'lake')).href;
  const running: Spawned[] = [];
  const env = (project: string) => ({
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    LAKE_URL: lakeUrl,
    LOG_LEVEL: 'warn',
    CHURN_AUTH: 'off',
    // A night that comes must not start a run beside the one that is measured.
    CHURN_BATCH_SCHEDULE: '0 0 29 2 *',
    CHURN_PROJECT: project,
    PORT: '0',
  });
  try {
    await migrate(pool, 'migrations');
    await work({
      dir,
      pool,
      lakeUrl,
      redisUrl: redis.url,
      env,
      async spawn(service, project) {
        const port = await freePort();
        const spawned = await spawnService(service, port, { ...env(project), PORT: String(port) });
        running.push(spawned);
        return spawned;
      },
    });
  } finally {
    await Promise.all(running.map((service) => service.stop()));
    await pool.end();
    await Promise.all([postgres.stop(), redis.stop()]);
    await rm(dir, { recursive: true, force: true });
  }
}

async function spawnService(name: string, port: number, settings: Record<string, string>): Promise<Spawned> {
  const child = spawn(process.execPath, [`services/${name}/main.ts`], {
    env: { PATH: process.env.PATH ?? '', ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child);
  const begun = performance.now();
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`${name} was not ready within ${READY_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, stop, pid: child.pid ?? 0, readySeconds: (performance.now() - begun) / 1_000 };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    return response.ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
