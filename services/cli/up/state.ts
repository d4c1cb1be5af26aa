import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandOf, isAlive } from '@churn/embedded';
import { CliError, EXIT } from '../errors.ts';

/** Where `churn up` keeps what it must find again. */
export interface State {
  /** The checkout. */
  root: string;
  dir: string;
  lakeUrl: string;
  logPath(name: string): string;
}

const ROOT = resolve(import.meta.dirname, '../../..');
/** A new PostgreSQL cluster, its first WAL files and room for the first run. */
const NEEDED_MB = 300;

/** Makes the folder where it is missing. Throws CliError: it cannot be written, or the disk is as good as full. */
export function openState(folder = join(ROOT, '.churn'), neededMb = NEEDED_MB): State {
  const dir = resolve(folder);
  const logs = join(dir, 'logs');
  const lake = join(dir, 'lake');
  try {
    for (const path of [logs, lake]) makeFolder(path);
  } catch (error) {
    throw notWritable(dir, error);
  }
  assertRoom(dir, neededMb);
  return {
    root: ROOT,
    dir,
    lakeUrl: pathToFileURL(lake).href,
    logPath: (name) => join(logs, `${name}.log`),
  };
}

/** Not `recursive: true`: where the parent answers ENOENT for ever (below /proc), Node tries for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

function assertRoom(dir: string, neededMb: number): void {
  const { bavail, bsize } = statfsSync(dir);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  if (freeMb >= neededMb) return;
  throw new CliError(
    `${dir} has ${freeMb} MB left on its disk, and ${neededMb} MB are needed. Make room, or keep the state elsewhere with --state <folder>.`,
    EXIT.failed,
  );
}

function notWritable(dir: string, error: unknown): CliError {
  return new CliError(
    `The state folder ${dir} cannot be written: ${error instanceof Error ? error.message : String(error)}. Choose another with --state <folder>.`,
    EXIT.failed,
  );
}

export interface Claim {
  /** The one before us did not end in order: what it ran may take moments more to end. */
  afterCrash: boolean;
  release(): void;
}

/** One `churn up` a state folder: a second would stop the first one's servers. Throws CliError while another holds it. */
export function claimState({ dir }: State): Claim {
  const path = join(dir, 'up.pid');
  const afterCrash = existsSync(path);
  if (afterCrash) assertGone(dir, Number(readFileSync(path, 'utf8')));
  rmSync(path, { force: true });
  try {
    // `wx`: of two that start at once, one wins.
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      assertGone(dir, Number(readFileSync(path, 'utf8')));
    throw notWritable(dir, error);
  }
  return { afterCrash, release: () => rmSync(path, { force: true }) };
}

function assertGone(dir: string, holder: number): void {
  if (!(holder > 1) || holder === process.pid || !isAlive(holder)) return;
  const command = commandOf(holder);
  if (!command.includes('main.ts') || !command.includes(' up')) return;
  throw new CliError(
    `churn up already runs with ${dir}, as process ${holder}. End it first (Ctrl-C there, or: kill ${holder}), or give this one a --state <folder> of its own.`,
    EXIT.failed,
  );
}
