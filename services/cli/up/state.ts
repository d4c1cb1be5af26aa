import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandOf, isAlive } from '@churn/embedded';
import { UpError } from './up-error.ts';

/** Where `churn up` keeps what it must find again. */
export interface State {
  root: string;
  dir: string;
  logs: string;
  lakeUrl: string;
  logPath(name: string): string;
}

export function openState(root = resolve(import.meta.dirname, '../../..')): State {
  const dir = join(root, '.churn');
  const logs = join(dir, 'logs');
  const lake = join(dir, 'lake');
  mkdirSync(logs, { recursive: true });
  mkdirSync(lake, { recursive: true });
  return { root, dir, logs, lakeUrl: pathToFileURL(lake).href, logPath: (name) => join(logs, `${name}.log`) };
}

/** One `churn up` a checkout: a second would stop the first one's servers. Returns how to let go. */
export function claimState({ dir }: State): () => void {
  const path = join(dir, 'up.pid');
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  if (holder > 1 && holder !== process.pid && isAlive(holder) && commandOf(holder).includes('main.ts')) {
    throw new UpError(
      `churn up already runs in this checkout, as process ${holder}. Stop it first (Ctrl-C there, or: kill ${holder}).`,
    );
  }
  writeFileSync(path, `${process.pid}\n`);
  return () => rmSync(path, { force: true });
}
