import { spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { EmbeddedServerError } from './embedded-server-error.ts';
import { exitCodeOf, howItEnded } from './how-it-ended.ts';
import { preferPort } from './ports.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { commandOf, endProcess, isAlive } from './process-table.ts';
import { assertNotOwned, newPassword, readRecord, serverHome, writeRecord } from './server-home.ts';
import { type ServerUser, serverUser } from './server-user.ts';
import { lastLines, pollUntil } from './startup.ts';
import { spawnWatched } from './watched-process.ts';

export interface PostgresOptions {
  /** Folder of its data, log and record. Found again by the next start. */
  dir: string;
  /** Preferred port of 127.0.0.1; another one is taken when it is not free. Default: the one used before, else any. */
  port?: number;
  /** false: no fsync, for tests whose data may be lost. Default true. */
  durable?: boolean;
  /** Remove the data when the server ends, for tests. Default false. */
  removeOnStop?: boolean;
}

export interface PostgresServer {
  /** Superuser URL of the database `postgres`, password included. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves with the exit code when the server has ended, whoever ended it. */
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

const START_MS = 60_000;
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
const VOLATILE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

/**
 * Starts PostgreSQL on 127.0.0.1, creating its data the first time. A server that a killed owner left behind in `dir` is ended first.
 * The server ends when this process does, even by SIGKILL. Throws EmbeddedServerError.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = serverUser();
  const home = serverHome(options.dir, user);
  await forgetRemovedCheckout(options.dir, home);
  const binaries = postgresBinaries(user, '/var/lib/churn');
  const before = readRecord(home);
  assertNotOwned('PostgreSQL', home);
  await endLeftoverPostgres(join(home, 'data'));
  const password = before?.password ?? newPassword();
  if (!existsSync(join(home, 'data'))) await createData(binaries, home, password, user);
  const port = await preferPort(before?.port, options.port);
  writeRecord(home, { port, password, owner: process.pid });
  const log = join(home, 'postgres.log');
  const settings = { ...SETTINGS, ...(options.durable === false && VOLATILE) };
  const server = spawnWatched({
    command: join(binaries, 'bin', 'postgres'),
    args: [
      '-D',
      join(home, 'data'),
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    cwd: home,
    user,
    stopSignal: 'INT',
    graceSeconds: 4,
    logPath: log,
    ...(options.removeOnStop && { removeDir: home }),
  });
  const pid = await pollUntil(server, START_MS, () => readyPid(join(home, 'data')));
  if (pid === null) {
    await server.stop();
    throw new EmbeddedServerError(
      `PostgreSQL did not start within ${START_MS / 1000} s. The end of ${log}:\n${lastLines(log)}`,
    );
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    exited: server.exited,
    stop: server.stop,
  };
}

/**
 * Data outside the checkout belongs to a checkout that still says so: after `rm -rf .churn`, or a new clone at the same place, the rest of
 * its state is gone, and a database without its lake would be a lie.
 */
async function forgetRemovedCheckout(dir: string, home: string): Promise<void> {
  const wanted = resolve(dir);
  if (wanted === home) return;
  const mark = join(wanted, 'data-is-in');
  if (!existsSync(mark)) {
    await endLeftoverPostgres(join(home, 'data'));
    for (const name of ['data', 'server.json']) rmSync(join(home, name), { recursive: true, force: true });
  }
  writeFileSync(mark, `${home}\n`);
}

/** initdb into a folder beside, then a rename: a half-made cluster is never taken for one. Sorting is by code point, on every machine. */
async function createData(
  binaries: string,
  home: string,
  password: string,
  user: ServerUser | null,
): Promise<void> {
  const fresh = join(home, 'data.new');
  const passwordFile = join(home, 'initdb-password');
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== null) chownSync(passwordFile, user.uid, user.gid);
  const failed = await runApart(
    join(binaries, 'bin', 'initdb'),
    [
      `--pgdata=${fresh}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { cwd: home, user },
  );
  rmSync(passwordFile, { force: true });
  if (failed !== null) {
    throw new EmbeddedServerError(
      `initdb could not create a PostgreSQL cluster in ${home}: ${failed}\nSet DATABASE_URL to use a server of your own.`,
    );
  }
  renameSync(fresh, join(home, 'data'));
}

/** Runs a program in a session of its own, which Ctrl-C in a terminal does not reach. Resolves with what it said when it failed, else null. */
async function runApart(
  command: string,
  args: readonly string[],
  { cwd, user }: { cwd: string; user: ServerUser | null },
): Promise<string | null> {
  const child = spawn(command, args, {
    cwd,
    detached: true,
    timeout: START_MS,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  const ended = new Promise<number | Error>((done) => {
    child.once('error', done);
    child.once('close', (code, signal) => done(exitCodeOf(code, signal)));
  });
  const said = text(child.stderr);
  const outcome = await ended;
  if (outcome === 0) return null;
  return outcome instanceof Error ? outcome.message : (await said).trim() || `it ${howItEnded(outcome)}`;
}

/** The postmaster's process id once its lock file says that it accepts connections (its eighth line), as pg_ctl reads it. */
function readyPid(data: string): number | null {
  const lines = lockFile(data);
  return lines[7]?.trim() === 'ready' ? Number(lines[0]) : null;
}

/**
 * Ends a postmaster without an owner. Its lock file goes too: it would look ready to us, and PostgreSQL refuses to start when the process id
 * in it belongs to another program by now (after a reboot).
 */
export async function endLeftoverPostgres(data: string): Promise<void> {
  const pid = Number(lockFile(data)[0]);
  if (pid > 1 && isAlive(pid) && commandOf(pid).includes(data)) await endProcess(pid, 'SIGINT', 10_000);
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

function lockFile(data: string): string[] {
  const path = join(data, 'postmaster.pid');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
}
