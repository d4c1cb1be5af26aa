/**
 * What a pod of inference needs at each rate of POST /predict, and what the HorizontalPodAutoscaler of the chart makes of that when the load
 * takes a step. Usage: node bench/hpa.ts [seconds of each rate, default 6]. Linux; ends within 5 minutes.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import project from '../examples/cdnow/churn.project.ts';
import { load } from './harness/load.ts';
import { type Spawned, withPlatform } from './harness/platform.ts';
import { ms, report, whole } from './harness/report.ts';
import { prepareShop } from './harness/shop.ts';
import { reportSimulation } from './hpa/picture.ts';
import type { Curve } from './hpa/simulate.ts';

const SECONDS = Number(process.argv[2] ?? 6);
const CUSTOMERS = 50_000;
const RATES = [250, 500, 1_000, 2_000, 4_000, 8_000];
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Measured {
  perSecond: number;
  cores: number;
  memoryMiB: number;
  p99: number;
}

await withPlatform(5 * 60_000, async (platform) => {
  await prepareShop(platform, project, { customers: CUSTOMERS, ordersEach: 8 });
  const service = await platform.spawn('inference', project.project);
  await measure(service, undefined);
  const busiest = await measure(service, undefined);
  const measured: Measured[] = [];
  for (const rate of RATES) measured.push(await measure(service, rate));
  measured.push(busiest);
  report({
    title: 'What a pod of inference needs',
    command: 'node bench/hpa.ts',
    what: `POST /predict for one of ${whole(CUSTOMERS)} customers, 32 connections, ${SECONDS} s a row, every answer a 200; the CPU time and the resident memory of the service's process. Ready ${service.readySeconds.toFixed(1)} s after its start.`,
    header: ['requests/s', 'cores', 'CPU us a request', 'memory MiB', 'p99 ms'],
    rows: measured.map(({ perSecond, cores, memoryMiB, p99 }) => [
      whole(perSecond),
      cores.toFixed(2),
      whole((1e6 * cores) / perSecond),
      whole(memoryMiB),
      ms(p99),
    ]),
  });
  reportSimulation({
    points: rising([{ perSecond: 0, cores: 0 }, ...measured]),
    // One event loop is one core; the load and the servers, which share the cores here, may have left it less.
    capacity: busiest.perSecond / Math.min(1, busiest.cores),
    memoryMiB: Math.max(...measured.map(({ memoryMiB }) => memoryMiB)),
    readySeconds: service.readySeconds,
  });
});

/** Without the points that cost less than a lower rate did: what others of the machine did meanwhile. */
function rising(points: readonly { perSecond: number; cores: number }[]): Curve['points'] {
  const kept: { perSecond: number; cores: number }[] = [];
  for (const point of points.toSorted((a, b) => a.perSecond - b.perSecond))
    if (point.cores >= (kept.at(-1)?.cores ?? 0)) kept.push(point);
  return kept;
}

async function measure({ url, pid }: Spawned, rate: number | undefined): Promise<Measured> {
  const begun = performance.now();
  const before = cpuSeconds(pid);
  const { perSecond, p99 } = await load({
    url,
    path: '/predict',
    connections: 32,
    seconds: SECONDS,
    body: () => JSON.stringify({ customer_id: `c${Math.floor(Math.random() * CUSTOMERS)}` }),
    ...(rate !== undefined && { rate }),
  });
  const cores = (cpuSeconds(pid) - before) / ((performance.now() - begun) / 1_000);
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { perSecond, cores, memoryMiB: kib / 1024, p99 };
}

/** User and system time of a process and its threads: proc(5), fields 14 and 15 of stat. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
