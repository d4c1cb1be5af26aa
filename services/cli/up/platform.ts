import { existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { checkPostgres, createPool, loadConfig, migrate } from '@churn/platform';
import { CliError, EXIT } from '../errors.ts';
import type { Progress } from '../format.ts';
import { SERVICE_NAMES, type ServiceName } from '../services.ts';
import { type KeepHooks, keepRunning } from './keep-running.ts';
import { logTail } from './log-tail.ts';
import { type Servers, startServers } from './servers.ts';
import { spawnService } from './spawn-service.ts';
import type { State } from './state.ts';

const READY_MS = 60_000;
const LOG_BYTES = 20 * 1024 * 1024;

export interface PlatformOptions {
  state: State;
  /** The project of requests that name none. */
  project: string;
  ports: Readonly<Record<ServiceName, number>>;
  hooks: KeepHooks;
}

/** Everything that `churn up` runs: servers first, services on top of them; stopped the other way round. */
export class Platform {
  readonly #state: State;
  readonly #project: string;
  readonly #ports: PlatformOptions['ports'];
  readonly #hooks: KeepHooks;
  #servers: Servers | undefined;
  readonly #services: { stop(): Promise<void> }[] = [];
  #stopped: Promise<void> | undefined;
  #starting: Promise<unknown> = Promise.resolve();

  constructor({ state, project, ports, hooks }: PlatformOptions) {
    this.#state = state;
    this.#project = project;
    this.#ports = ports;
    this.#hooks = hooks;
  }

  /** Returns what runs where, for people. */
  async startServers(): Promise<string> {
    const starting = startServers(this.#state, process.env, this.#hooks);
    this.#starting = starting.catch(() => {});
    this.#servers = await starting;
    return this.#servers.described.join(', ');
  }

  /** Returns how many migrations were applied. */
  async migrate(): Promise<string> {
    const url = this.databaseUrl();
    const pool = createPool(url, { applicationName: 'churn-up', max: 2 });
    try {
      await checkPostgres(pool, url);
      const { applied } = await migrate(pool, join(this.#state.root, 'migrations'));
      return applied.length === 0 ? 'up to date' : `${applied.length} applied`;
    } finally {
      await pool.end();
    }
  }

  /** Starts every service and waits until each answers. */
  async startServices(report: (state: Progress) => void, signal: AbortSignal): Promise<string> {
    for (const name of SERVICE_NAMES) {
      signal.throwIfAborted();
      const logPath = this.#state.logPath(name);
      if (existsSync(logPath) && statSync(logPath).size > LOG_BYTES) truncateSync(logPath);
      const launch = async () =>
        spawnService({
          args: ['--disable-warning=ExperimentalWarning', join('services', name, 'main.ts')],
          cwd: this.#state.root,
          env: this.#environment(this.#ports[name]),
          logPath,
        });
      this.#services.push(await keepRunning(name, launch, this.#hooks));
    }
    for (const [index, name] of SERVICE_NAMES.entries()) {
      report({ label: `waiting for ${name}`, done: index, total: SERVICE_NAMES.length });
      await answers(`http://127.0.0.1:${this.#ports[name]}/health/live`, signal, this.#state.logPath(name));
    }
    return `${SERVICE_NAMES.length} services`;
  }

  /** Services first, at the same time, then the servers. Bounded by each one's own grace time: below 10 s together. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  databaseUrl(): string {
    return loadConfig('churn up', ['DATABASE_URL'], { ...process.env, ...this.#servers?.env }).DATABASE_URL;
  }

  crmUrl(): string {
    return loadConfig('churn up', ['CRM_DATABASE_URL'], process.env).CRM_DATABASE_URL ?? this.databaseUrl();
  }

  #environment(port: number): NodeJS.ProcessEnv {
    return {
      LAKE_URL: this.#state.lakeUrl,
      // Node keeps what it compiled: a service that starts again needs two thirds of the time for it.
      NODE_COMPILE_CACHE: join(this.#state.dir, 'compile-cache'),
      ...process.env,
      ...this.#servers?.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      CHURN_AUTH: 'off',
      CHURN_PROJECT: this.#project,
    };
  }

  async #stopAll(): Promise<void> {
    await this.#starting;
    await Promise.all(this.#services.map((service) => service.stop()));
    await this.#servers?.stop();
  }
}

async function answers(url: string, signal: AbortSignal, logPath: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const ok = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new CliError(
    `${url} does not answer after ${READY_MS / 1000} s.`,
    EXIT.unavailable,
    logTail(logPath),
  );
}
