import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { churnJson } from '../testing/run-churn.ts';
import { FIGURES, type Figures } from './figures.ts';
import { type Demand, describeNeeds, planCapacity, size } from './plan.ts';

const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8');
const results = read('bench/results.md');

/** The cells of the rows of a section of bench/results.md that begin so. */
function rows(section: string, begin: string): number[][] {
  const text = results.split(/^## /m).find((one) => one.startsWith(section)) ?? '';
  return text
    .split('\n')
    .filter((line) => line.startsWith(`| ${begin}`))
    .map((line) => line.split('|').map((cell) => Number(cell.replaceAll(',', ''))));
}
const cell = (section: string, begin: string, column: number) => rows(section, begin).at(-1)?.[column];

const DEMAND: Demand = {
  customers: 1_000_000,
  requestsPerSecond: 100,
  eventsPerSecond: 100,
  eventsPerCustomerYear: 50,
  nightHours: 4,
  keepDays: 30,
};
/** Of another machine: what follows from figures is tested on these, so that a new measurement changes no arithmetic. */
const MACHINE: Figures = {
  predictCpuMicros: 93,
  inferenceMemoryMiB: 333,
  batchCustomersPerSecond: 277_291,
  snapshotCustomersPerSecond: 1_383_713,
  snapshotEventsPerCustomer: 8,
  postedEventsPerSecond: 30_961,
  redisBytesPerCustomer: 215,
  lakeBytesPerEvent: 3.8,
  predictionBytes: 152,
  identityBytesPerEvent: 189,
};
const needOf = (part: string, demand: Partial<Demand>) =>
  planCapacity({ ...DEMAND, ...demand }, MACHINE).find((need) => need.part === part)?.needs;

test('every figure is the one of bench/results.md', () => {
  const pods = rows('What a pod of inference needs', '').filter(
    ([, rate]) => Number.isFinite(rate) && rate !== 0,
  );
  const fastest = pods.toSorted((a, b) => (a[1] ?? 0) - (b[1] ?? 0)).at(-1) ?? [];
  const batch = 'Batch of 1,000,000 customers';
  expect(FIGURES).toEqual({
    predictCpuMicros: fastest[3],
    inferenceMemoryMiB: Math.max(...pods.map((row) => row[4] ?? 0)),
    batchCustomersPerSecond: cell(batch, 'total', 3),
    snapshotCustomersPerSecond: cell(batch, 'snapshot', 3),
    snapshotEventsPerCustomer: 8,
    postedEventsPerSecond: cell('POST /events', 'an array', 4),
    redisBytesPerCustomer: cell('What is kept', 'customer', 3),
    lakeBytesPerEvent: cell('What is kept', 'event | lake', 3),
    predictionBytes: cell('What is kept', 'prediction', 3),
    identityBytesPerEvent: cell('What is kept', 'event posted', 3),
  });
  expect(results).toContain('8,000,000 events');
});

test.each<[string, Partial<Demand>, string]>([
  ['inference', { requestsPerSecond: 100 }, '2 pods'],
  ['inference', { requestsPerSecond: 20_000 }, '6 pods'],
  ['Redis, features', { customers: 58_000_000 }, 'one server of 24.9 GB'],
  ['Redis, features', { customers: 59_000_000 }, 'Redis Cluster: 2 masters of 12.7 GB'],
  ['batch', { customers: 100_000_000 }, '1 process, 6 min a night'],
  ['batch', { customers: 100_000_000, nightHours: 0.1 }, '2 processes, 3 min a night'],
  [
    'Postgres, predictions',
    { customers: 100_000_000, keepDays: 365 },
    '15.2 GB a night, 5.55 TB kept: drop partitions after 131 days, or partition projects over several servers',
  ],
  ['ingestion', { eventsPerSecond: 21_000 }, '2 pods, one of which could do it'],
  [
    'ingestion',
    { eventsPerSecond: 44_000 },
    'Kafka before it, 3 partitions, each into a Postgres of its own',
  ],
  ['snapshot', { customers: 100_000_000 }, 'DuckDB in one process, 8 min'],
  [
    'snapshot',
    { customers: 100_000_000, eventsPerCustomerYear: 1_000 },
    'Spark: one process would take 151 min',
  ],
])('%s of %p: %s', (part, demand, needs) => {
  expect(needOf(part, demand)).toBe(needs);
});

test('sizes are said with three digits and a unit', () => {
  expect([0, 999, 21_500_000, 4.56e11, 1e15].map(size)).toEqual([
    '0 B',
    '999 B',
    '21.5 MB',
    '456 GB',
    '1000 TB',
  ]);
});

test('docs/capacity.md shows what the command prints', () => {
  const examples = [
    ...read('docs/capacity.md').matchAll(/^\$ churn capacity --customers (\d+)(.*)\n([\s\S]*?)\n```/gm),
  ];
  expect(examples.map(([, customers]) => Number(customers))).toEqual([1_000_000, 10_000_000, 100_000_000]);
  for (const [, customers, options = '', printed] of examples) {
    const given = (name: string) => Number(new RegExp(`--${name} (\\d+)`).exec(options)?.[1]);
    const demand = { ...DEMAND, customers: Number(customers) };
    if (options.includes('requests')) demand.requestsPerSecond = given('requests-per-second');
    if (options.includes('events-per-second')) demand.eventsPerSecond = given('events-per-second');
    expect(printed).toBe(describeNeeds(planCapacity(demand)));
  }
});

test('with --json the command gives demand and needs, with its defaults, and asks no service', async () => {
  const { code, value } = await churnJson(['capacity', '--customers', '1000000'], {});
  expect(code).toBe(0);
  expect(value).toEqual({ demand: DEMAND, needs: planCapacity(DEMAND) });
});
