/**
 * What each process of `churn up examples/cdnow` needs: the time until it is ready, its resident memory once the demo has run, and what
 * the platform keeps on disk. Usage: node bench/processes.ts. Linux, since it reads /proc.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { withPlatform } from './harness/platform.ts';
import { residentMiB } from './harness/process-tree.ts';
import { report } from './harness/report.ts';
import { PROCESSES, type ProcessName, startPlatform } from './harness/running-platform.ts';

const SERVICES = ['control', 'ingestion', 'training', 'batch', 'monitoring', 'inference'] as const;

/** Seconds from the start of the process until /health/ready says so, alone on the machine; of three starts the middle one. */
async function startTimes(): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  await withPlatform(5 * 60_000, async ({ spawn }) => {
    for (const service of SERVICES) {
      const tries: number[] = [];
      for (let i = 0; i < 3; i++) {
        const began = performance.now();
        const { stop } = await spawn(service, 'bench');
        tries.push((performance.now() - began) / 1000);
        await stop();
      }
      times.set(service, tries.toSorted((a, b) => a - b)[1] ?? Number.NaN);
    }
  });
  return times;
}

const times = await startTimes();
const platform = await startPlatform();
try {
  const memory = async (name: ProcessName) => residentMiB(await platform.treeOf(name));
  const rows: string[][] = [];
  for (const name of PROCESSES) {
    const started = times.get(name);
    rows.push([name, started === undefined ? '' : started.toFixed(2), (await memory(name)).toFixed(0)]);
  }
  report({
    title: 'What each process needs',
    command: 'node bench/processes.ts',
    what: 'Start: until /health/ready, alone on the machine, the middle of three. Memory: resident after the demo (23,570 customers, 69,659 purchases, one training, one batch run), children included.',
    header: ['process', 'start s', 'memory MiB'],
    rows,
  });
  const folder = (name: string) =>
    (
      Number(execFileSync('du', ['-sk', join(platform.dir, name)], { encoding: 'utf8' }).split('\t')[0]) /
      1024
    ).toFixed(1);
  report({
    title: 'What the demo keeps on disk',
    command: 'node bench/processes.ts',
    what: 'After the same demo.',
    header: ['folder', 'MiB'],
    rows: ['postgres', 'redis', 'lake', 'logs'].map((name) => [name, folder(name)]),
  });
} finally {
  const { left } = await platform.end();
  if (left > 0) process.exitCode = 1;
}
