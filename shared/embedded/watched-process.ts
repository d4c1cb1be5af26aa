import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, statSync, truncateSync } from 'node:fs';
import { Socket } from 'node:net';
import { exitCodeOf } from './how-it-ended.ts';
import type { ServerUser } from './server-user.ts';

/**
 * Runs a server and ends it when the pipe on standard input closes, however its writer ended: so a parent that is killed
 * with SIGKILL leaves nothing running. It is given to `sh -c` as text, because a server's unprivileged user may not be able to read the checkout.
 * Arguments: signal, grace in seconds, folder to remove afterwards or '-', then the command.
 */
const WATCHER = `
signal=$1; grace=$2; remove=$3; shift 3
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(
  trap 'exit 0' TERM
  read -r _ <&3
  kill -s "$signal" "$server" 2>/dev/null || exit 0
  tries=$((grace * 10))
  while [ "$tries" -gt 0 ]; do kill -0 "$server" 2>/dev/null || exit 0; sleep 0.1; tries=$((tries - 1)); done
  kill -s KILL "$server" 2>/dev/null
) &
guard=$!
exec 3<&-
wait "$server"; code=$?
kill "$guard" 2>/dev/null; wait "$guard"
[ "$remove" = - ] || rm -rf "$remove"
exit "$code"
`;
const LOG_BYTES = 10 * 1024 * 1024;

export interface WatchedOptions {
  command: string;
  args: string[];
  cwd: string;
  user: ServerUser | null;
  /** What asks it to end in good order, without the SIG. */
  stopSignal: 'INT' | 'TERM';
  graceSeconds: number;
  logPath: string;
  /** A folder that goes when the process has ended (a test's data). */
  removeDir?: string;
}

export interface WatchedProcess {
  /** Resolves with the exit code (128 + signal when it was killed) once the process and its watcher are gone, or with the watcher's own when that one is killed. */
  readonly exited: Promise<number>;
  /** Asks the process to end, kills it after the grace time, and resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a command under its watcher, in a session of its own: Ctrl-C in a terminal does not reach it before its owner does. */
export function spawnWatched(options: WatchedOptions): WatchedProcess {
  const log = openLog(options.logPath);
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      WATCHER,
      'churn-watcher',
      options.stopSignal,
      String(options.graceSeconds),
      options.removeDir ?? '-',
      options.command,
      ...options.args,
    ],
    {
      cwd: options.cwd,
      detached: true,
      stdio: ['pipe', log, log],
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    },
  );
  closeSync(log);
  unreference(child);
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    // The signal is the watcher's: of a server that is killed it ends with the code that the shell gives.
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
  return {
    exited,
    async stop() {
      child.ref();
      child.stdin?.destroy();
      await exited;
    },
  };
}

/** A running server must not keep its owner's event loop alive: whoever owns it decides when to end. */
function unreference(child: ChildProcess): void {
  child.unref();
  child.stdin?.on('error', () => {});
  if (child.stdin instanceof Socket) child.stdin.unref();
}

function openLog(path: string): number {
  const log = openSync(path, 'a', 0o640);
  if (statSync(path).size > LOG_BYTES) truncateSync(path);
  return log;
}
