import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endServersOf } from '@churn/embedded';

/** Every temporary folder of a test run begins like this. */
export const PREFIX = 'churn-test-';
const OLD_MS = 60 * 60 * 1000;

/** Ends the servers and removes the folders of earlier runs whose watchers were killed too. Young folders may belong to a run beside this one. */
export async function sweepAbandoned(now = Date.now()): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(tmpdir(), name);
    if (now - modifiedAt(path) < OLD_MS) continue;
    if (await endServersOf(path)) rmSync(path, { recursive: true, force: true });
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
