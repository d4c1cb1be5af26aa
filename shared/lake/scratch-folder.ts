import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes the folder for the work files of a service and what its DuckDB spills, under the system's temporary folder. Each user has one of
 * their own, since another's cannot be written. What processes that were killed left there is removed.
 */
export function scratchFolder(service: string): string {
  const path = join(tmpdir(), `churn-${service}-${process.getuid?.() ?? 'user'}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(path)) {
    const [, pid] = /^(?:duck|run)-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(path, name), { recursive: true, force: true });
  }
  return path;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
