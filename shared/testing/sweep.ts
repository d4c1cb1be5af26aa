import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf, endServersOf, isAlive } from '@churn/embedded';

/** Every temporary folder of a test run begins like this. */
export const PREFIX = 'churn-test-';
const MADE_BY = /-(\d+)-[^-]*$/;
const OLD_MS = 60 * 60 * 1000;

/**
 * Ends the servers and removes the folders of earlier runs that were interrupted: those whose process is gone, and those an hour old, for a
 * process id may be another program's by now. What a run beside this one uses stays.
 */
export async function sweepAbandoned(now = Date.now()): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(tmpdir(), name);
    if (!makerIsGone(name) && now - modifiedAt(path) < OLD_MS) continue;
    if (await endServersBelow(path)) rmSync(path, { recursive: true, force: true });
  }
}

function makerIsGone(name: string): boolean {
  const pid = Number(MADE_BY.exec(name)?.[1] ?? Number.NaN);
  return Number.isInteger(pid) && !(isAlive(pid) && commandOf(pid).includes('node'));
}

/** A server's home is the folder itself, or one in it. false: one of them is in use. */
async function endServersBelow(path: string): Promise<boolean> {
  const inside = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const home of [path, ...inside.map(({ name }) => join(path, name))])
    if (!(await endServersOf(home))) return false;
  return true;
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
