import { existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { checkPostgres, createPool, loadConfig, migrate } from '@churn/platform';
import { type KeepHooks, keepRunning } from './keep-running.ts';
import { type Servers, startServers } from './servers.ts';
import { spawnService } from './spawn-service.ts';
import type { State } from './state.ts';
import { SERVICE_NAMES, SERVICES, serviceUrl } from './topology.ts';
import { UpError } from './up-error.ts';

const READY_MS = 60_000;
const LOG_BYTES = 20 * 1024 * 1024;

/** Everything that `churn up` runs: servers first, services on top of them; stopped the other way round. */
export class Platform {
  readonly #state: State;
  readonly #project: string;
  readonly #hooks: KeepHooks;
  #servers: Servers | undefined;
  readonly #services: { stop(): Promise<void> }[] = [];
  #stopped: Promise<void> | undefined;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(state: State, project: string, hooks: KeepHooks) {
    this.#state = state;
    this.#project = project;
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
  async startServices(report: (detail: string) => void, signal: AbortSignal): Promise<string> {
    for (const name of SERVICE_NAMES) {
      signal.throwIfAborted();
      const logPath = this.#state.logPath(name);
      if (existsSync(logPath) && statSync(logPath).size > LOG_BYTES) truncateSync(logPath);
      const launch = async () =>
        spawnService({
          args: ['--disable-warning=ExperimentalWarning', join('services', name, 'main.ts')],
          cwd: this.#state.root,
          env: this.environment(SERVICES[name]),
          logPath,
        });
      this.#services.push(await keepRunning(name, launch, this.#hooks));
    }
    for (const [index, name] of SERVICE_NAMES.entries()) {
      report(`${index} of ${SERVICE_NAMES.length}, waiting for ${name}`);
      await answers(`${serviceUrl(name)}/health/live`, signal, () => this.lastLog(name));
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

  /** The end of a service's log, for a message. */
  lastLog(name: string): string {
    const path = this.#state.logPath(name);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-3) : [];
    return `The end of ${path}:\n${lines.map((line) => `  ${line.slice(0, 400)}`).join('\n')}`;
  }

  environment(port: number): NodeJS.ProcessEnv {
    return {
      LAKE_URL: this.#state.lakeUrl,
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

async function answers(url: string, signal: AbortSignal, why: () => string): Promise<void> {
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
  throw new UpError(`${url} does not answer after ${READY_MS / 1000} s. ${why()}`);
}
