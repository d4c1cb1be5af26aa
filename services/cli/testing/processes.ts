import { readdirSync, readFileSync } from 'node:fs';
import { commandOf, isAlive } from '@churn/embedded';

/** Every process below one, itself included, as /proc has them now. */
export function familyOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const parent = parentOf(pid);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

/** Those that still run, each with its command line, for a message. */
export function stillRunning(pids: readonly number[]): string[] {
  return pids.filter(isAlive).map((pid) => `${pid}: ${commandOf(pid)}`);
}

/** /proc/<pid>/stat: the parent is the second field after the command, which stands in parentheses. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
