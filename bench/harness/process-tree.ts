import { readdir, readFile } from 'node:fs/promises';

export interface Proc {
  pid: number;
  command: string;
}

/** The processes below `root`, and those whose command names `folder`. From /proc, so Linux only; one that has ended (a zombie) is none. */
export async function descendants(root: number, folder?: string): Promise<Proc[]> {
  const all = await processTable();
  const below = (proc: { parent: number } | undefined): boolean =>
    proc !== undefined && (proc.parent === root || below(all.get(proc.parent)));
  return [...all.values()].filter(
    (proc) => proc.pid !== root && (below(proc) || (folder !== undefined && proc.command.includes(folder))),
  );
}

/** The variables that a process was started with. */
export async function environment(pid: number): Promise<Record<string, string | undefined>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return Object.fromEntries(
    text
      .split('\0')
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** Resident memory of these processes together, in MiB; pages that they share are counted once for each. */
export async function residentMiB(pids: readonly number[]): Promise<number> {
  let kib = 0;
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    kib += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }
  return kib / 1024;
}

async function processTable(): Promise<Map<number, Proc & { parent: number }>> {
  const all = new Map<number, Proc & { parent: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [stat, line] = await Promise.all([
      readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''),
      readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''),
    ]);
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || state === 'Z') continue;
    all.set(Number(name), { pid: Number(name), parent: Number(parent), command: line.replaceAll('\0', ' ') });
  }
  return all;
}
