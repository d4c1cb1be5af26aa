import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.ts';
import { preferPort } from './ports.ts';
import { commandOf, endProcess, isAlive } from './process-table.ts';
import { assertNotOwned, newPassword, readRecord, writeRecord } from './server-home.ts';
import { lastLines, pollUntil } from './startup.ts';
import { spawnWatched } from './watched-process.ts';

export interface RedisOptions {
  /** Folder of its data, log and record. Found again by the next start. */
  dir: string;
  /** Preferred port of 127.0.0.1; another one is taken when it is not free. Default: the one used before, else any. */
  port?: number;
  /** Default: the one used before, else a new one. */
  password?: string;
  /** Append-only file with fsync every second. false: memory only. */
  aof: boolean;
  /** Remove the data when the server ends, for tests. Default false. */
  removeOnStop?: boolean;
}

export interface RedisServer {
  /** redis://:password@127.0.0.1:port */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves with the exit code when the server has ended, whoever ended it. */
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

/** Loading a large append-only file counts. */
const START_MS = 60_000;

/**
 * Starts redis-server (from PATH) on 127.0.0.1 with `noeviction`. A server that a killed owner left behind in `dir` is ended first.
 * The server ends when this process does, even by SIGKILL. Throws EmbeddedServerError.
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const home = resolve(options.dir);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const before = readRecord(home);
  assertNotOwned('Redis', home);
  await endLeftoverRedis(home);
  const password = options.password ?? before?.password ?? newPassword();
  const port = await preferPort(before?.port, options.port);
  writeRecord(home, { port, password, owner: process.pid });
  writeFileSync(join(home, 'redis.conf'), configuration(home, port, password, options.aof), { mode: 0o600 });
  const log = join(home, 'redis.log');
  const server = spawnWatched({
    command: 'redis-server',
    args: [join(home, 'redis.conf')],
    cwd: home,
    user: null,
    stopSignal: 'TERM',
    graceSeconds: 4,
    logPath: log,
    ...(options.removeOnStop && { removeDir: home }),
  });
  const pid = await pollUntil(server, START_MS, async () =>
    (await ping(port, password)) ? readPid(home) : null,
  );
  if (pid === null) {
    await server.stop();
    throw new EmbeddedServerError(await whyNot(log, server.exited));
  }
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    pid,
    exited: server.exited,
    stop: server.stop,
  };
}

function configuration(home: string, port: number, password: string, aof: boolean): string {
  const settings = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: `"${home}"`,
    pidfile: `"${join(home, 'redis.pid')}"`,
    appendonly: aof ? 'yes' : 'no',
    appendfsync: 'everysec',
    save: '""',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key} ${value}`)
    .join('\n')}\n`;
}

/** One PING as an inline command; false while the port is closed or the data is still being loaded. */
function ping(port: number, password: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => done(answer.includes('+PONG')));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.split('\r\n').length > 2) socket.destroy();
    });
    socket.write(`AUTH ${password}\r\nPING\r\n`);
  });
}

/** Ends a redis-server without an owner. */
export async function endLeftoverRedis(home: string): Promise<void> {
  const pid = readPid(home);
  // Redis shows itself as "redis-server 127.0.0.1:<port>", without its configuration.
  if (pid !== null && isAlive(pid) && commandOf(pid).includes('redis-server'))
    await endProcess(pid, 'SIGTERM', 10_000);
  rmSync(join(home, 'redis.pid'), { force: true });
}

function readPid(home: string): number | null {
  const path = join(home, 'redis.pid');
  const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : Number.NaN;
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

async function whyNot(log: string, exited: Promise<number>): Promise<string> {
  if ((await exited) === 127) {
    return 'redis-server is not installed. Install it (sudo apt-get install -y redis-server, or brew install redis), or set REDIS_URL.';
  }
  return `Redis did not start. The end of ${log}:\n${lastLines(log)}`;
}
