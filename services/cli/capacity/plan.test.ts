import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { settings } from '@churn/platform';
import { expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { churnHere } from '../testing/run-here.ts';
import { FIGURES } from './figures.ts';
import type { Demand } from './need.ts';
import { planCapacity } from './plan.ts';
import { size } from './size.ts';
import { DEMAND, find, needOf } from './testing/another-machine.ts';

const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8');
const results = read('bench/results.md');
const LARGE = 'helm/churn/values-large.yaml';

/** The cells of the rows of a section of bench/results.md that begin so. */
function rows(section: string, begin: string): number[][] {
  const text = results.split(/^## /m).find((one) => one.startsWith(section)) ?? '';
  return text
    .split('\n')
    .filter((line) => line.startsWith(`| ${begin}`))
    .map((line) => line.split('|').map((cell) => Number(cell.replaceAll(',', ''))));
}
const cell = (section: string, begin: string, column: number) => rows(section, begin).at(-1)?.[column];

const [least, half, most] = rows('How an online state grows', '').filter(([, days]) => Number(days) > 0);
/** What a further day adds in that column, to a tenth of a byte. */
const perDay = (column: number) => {
  const grown = ((most?.[column] ?? 0) - (least?.[column] ?? 0)) / ((most?.[1] ?? 0) - (least?.[1] ?? 0));
  return Number(grown.toFixed(1));
};

test('the guide says how an online state grows, as it was measured', () => {
  expect(read('docs/capacity.md')).toContain(
    `${least?.[2]} bytes with events on ${least?.[1]} days, ${half?.[2]} on every second day and ${most?.[2]} on each of the ${most?.[1]} days: ${perDay(2)} bytes a day, for which Redis takes ${perDay(3)} as`,
  );
});

test('every figure is the one of bench/results.md', () => {
  const pods = rows('What a pod of inference needs', '').filter(
    ([, rate]) => Number.isFinite(rate) && rate !== 0,
  );
  const fastest = pods.toSorted((a, b) => (a[1] ?? 0) - (b[1] ?? 0)).at(-1) ?? [];
  const batch = 'Batch of 1,000,000 customers';
  expect(FIGURES).toEqual({
    redisBytesPerDay: perDay(3),
    stateDays: most?.[1],
    redisDaysPerCustomer: least?.[1],
    predictCpuMicros: fastest[3],
    inferenceMemoryMiB: Math.max(...pods.map((row) => row[4] ?? 0)),
    batchCustomersPerSecond: cell(batch, 'total', 3),
    snapshotCustomersPerSecond: cell(batch, 'snapshot', 3),
    snapshotEventsPerCustomer: 8,
    postedEventsPerSecond: cell('POST /events', 'an array', 4),
    redisBytesPerCustomer: cell('What is kept', 'customer (online', 3),
    predictionBytes: cell('What is kept', 'prediction', 3),
    lakeBytesPlain: cell('What is kept', 'event of a file', 3),
    lakeBytesOrdered: cell('What is kept', 'event posted, ids in order | lake', 3),
    lakeBytesRandom: cell('What is kept', 'event posted, random ids | lake', 3),
    identityBytesOrdered: cell('What is kept', 'event posted, ids in order | Postgres', 3),
    identityBytesRandom: cell('What is kept', 'event posted, random ids | Postgres', 3),
    snapshotMemoryPerCustomer: cell('What is kept', 'customer of a snapshot | memory', 3),
    snapshotSpillPerCustomer: cell('What is kept', 'customer of a snapshot, half', 3),
    snapshotFilePerCustomer: cell('What is kept', 'customer of a snapshot | lake', 3),
  });
  expect(results).toContain('8,000,000 events');
});

test.each<[string, Partial<Demand>, string]>([
  ['inference', { requestsPerSecond: 100 }, '2 pods'],
  ['inference', { requestsPerSecond: 20_000 }, '6 pods'],
  // 215 B + 4 B for each day above 8: 50 of 365 days are 12.5 of 91.
  ['Redis, features', { customers: 53_000_000 }, 'one server of 24.7 GB'],
  ['Redis, features', { customers: 54_000_000 }, 'Redis Cluster: 2 masters of 12.6 GB'],
  ['Redis, features', { eventsPerCustomerYear: 8 }, 'one server of 382 MB'],
  ['Redis, features', { eventsPerCustomerYear: 365 }, 'one server of 1.09 GB'],
  ['Redis, features', { eventsPerCustomerYear: 5_000 }, 'one server of 1.09 GB'],
  ['Postgres, predictions', { customers: 100_000_000 }, '15.2 GB a night, 456 GB kept'],
  // 100 M x 50 x 250 B a year, 402 of 365 days of it.
  ['Postgres, identities', { customers: 100_000_000 }, '3.42 GB a day, 1.38 TB kept'],
  ['Postgres, identities', { customers: 100_000_000, eventIds: 'ordered' }, '2.74 GB a day, 1.1 TB kept'],
  ['Postgres, identities', { customers: 100_000_000, horizonDays: 30 }, '3.42 GB a day, 110 GB kept'],
  ['Postgres, identities', { eventIds: 'none' }, 'nothing'],
  ['Postgres, in all', {}, 'one server of 18.3 GB'],
  [
    'Postgres, in all',
    { customers: 100_000_000, keepDays: 365 },
    'keep predictions for 41 nights, or spread the projects over 4 servers of 1.73 TB',
  ],
  ['Postgres, in all', { customers: 200_000_000 }, 'spread the projects over 2 servers of 1.83 TB'],
  ['ingestion', { eventsPerSecond: 21_000 }, '2 pods, one of which could do it'],
  [
    'ingestion',
    { eventsPerSecond: 44_000 },
    'Kafka before it, 3 partitions, each into a Postgres of its own',
  ],
  // Of 100 M customers alone one server would do; events need three.
  [
    'Postgres, in all',
    { customers: 100_000_000, eventsPerSecond: 44_000 },
    'spread the projects over 3 servers of 611 GB',
  ],
  [
    'Postgres, in all',
    { customers: 300_000_000, eventsPerSecond: 22_000, keepDays: 365 },
    'spread the projects over 11 servers of 1.89 TB',
  ],
  [
    'Postgres, in all',
    { customers: 100_000_000, eventsPerSecond: 22_000, keepDays: 365 },
    'keep predictions for 172 nights on 2 servers, or spread the projects over 4 servers of 1.73 TB',
  ],
  ['snapshot', { customers: 100_000_000 }, 'DuckDB in one process of 125 GB, 8 min'],
  ['snapshot', { customers: 300_000_000 }, 'Spark: one process would need 375 GB of memory'],
  ['lake', {}, '1.4 GB a year'],
  ['lake', { eventIds: 'ordered' }, '400 MB a year'],
  ['lake', { eventIds: 'none' }, '200 MB a year'],
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

test('each need is there in numbers too, with their units', () => {
  expect(find('snapshot', {})?.quantities).toEqual([
    { name: 'time', value: expect.closeTo(0.0753, 4), unit: 'minutes' },
    { name: 'memory', value: 1.25e9, unit: 'bytes' },
    { name: 'scratch', value: 20e6, unit: 'bytes' },
    { name: 'lake', value: 12e6, unit: 'bytes' },
  ]);
  expect(find('ingestion', { eventsPerSecond: 44_000 })?.quantities).toEqual([
    { name: 'partitions', value: 3, unit: 'partitions' },
    { name: 'databases', value: 3, unit: 'servers' },
  ]);
  expect(find('Postgres, in all', { eventsPerSecond: 44_000 })?.quantities[0]).toEqual({
    name: 'servers',
    value: 3,
    unit: 'servers',
  });
  for (const { quantities } of planCapacity(DEMAND)) expect(quantities.length).toBeGreaterThan(0);
});

test('docs/capacity.md shows what the command prints', async () => {
  const examples = [...read('docs/capacity.md').matchAll(/^\$ churn (capacity .*)\n([\s\S]*?\n)```/gm)];
  expect(examples.map(([, command]) => command?.split(' ')[2])).toEqual(['1M', '10M', '100M']);
  for (const [, command = '', printed] of examples)
    expect((await churnHere(command.split(' '))).stdout).toBe(printed);
});

test('its table says where what is measured today gives out', () => {
  const document = read('docs/capacity.md');
  const millions = (most: (customers: number) => boolean) => {
    let found = 1;
    while (most((found + 1) * 1e6)) found++;
    return `${found} million customers`;
  };
  const servers = (part: string) => (customers: number) =>
    planCapacity({ ...DEMAND, customers })
      .find((need) => need.part === part)
      ?.quantities.some(({ name, value }) => name === 'servers' && value === 1) === true;
  const oneProcess = (customers: number) =>
    planCapacity({ ...DEMAND, customers }).some(({ needs }) => needs.startsWith('DuckDB'));
  expect(document).toContain(`with two generations: ${millions(servers('Redis, features'))}`);
  expect(document).toContain(`identities: ${millions(servers('Postgres, in all'))}, ids being UUIDs`);
  expect(document).toContain(`gives out first, at ${millions(oneProcess)}`);
  const events = Math.floor(FIGURES.postedEventsPerSecond * 0.7).toLocaleString('en-US');
  expect(document).toContain(`${events} events a second (70% of the measured rate)`);
  const limit = parseDocument(read(LARGE)).getIn(['services', 'batch', 'resources', 'limits', 'memory']);
  const gibibytes = Number(/^(\d+)Gi$/.exec(String(limit))?.[1]);
  const eased = Math.floor((gibibytes * 2 ** 30 * 0.4) / FIGURES.snapshotMemoryPerCustomer / 1e6);
  expect(document).toContain(`${gibibytes} GiB of \`values-large.yaml\`: ${eased} million customers`);
  expect(read(LARGE)).toContain(`# Up to ${eased} million customers`);
});

test('with --json the command gives demand and needs, with its defaults, and asks no service', async () => {
  const { code, stdout } = await churnHere(['capacity', '--customers', '1000000', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ demand: DEMAND, needs: planCapacity(DEMAND) });
});

test.each(['5000000', '5_000_000', '5,000,000', '5m', '5M', '5000k', '0.005B'])(
  '%s are five million customers',
  async (customers) => {
    const { stdout } = await churnHere(['capacity', '--customers', customers, '--json']);
    expect(JSON.parse(stdout).demand.customers).toBe(5_000_000);
  },
);

test.each(['1.5', '0', '-5', '5e6', '5,00', '5 million', '1_00', '0.0001K', '200B', ''])(
  '%j customers are refused, with the form that is taken',
  async (customers) => {
    const { code, stdout, stderr } = await churnHere(['capacity', '--customers', customers]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replaceAll('\n', ' ')).toMatch(/whole number from 1 .*5000000, 5_000_000, 5,000,000 or 5M/);
  },
);

test.each([
  [['--requests-per-second', 'many'], /number above 0, such as 0.5, 20000/],
  [['--keep-days', '1.5'], /whole number from 1 to 36,500/],
  [['--horizon-days', '29'], /whole number from 30 to 3,650/],
  [['--night-hours', '25'], /above 0 and up to 24/],
  [['--night-hours', '0'], /number above 0/],
  [['--event-ids', 'uuid'], /none, ordered, random/],
])('%j is refused', async (args, says) => {
  const { code, stderr } = await churnHere(['capacity', '--customers', '1M', ...args]);
  expect(code).toBe(2);
  expect(stderr.replaceAll('\n', ' ')).toMatch(says);
});

test('the help says by which setting nights of predictions are kept', async () => {
  const { stdout } = await churnHere(['capacity', '--help']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('nights of predictions kept (CHURN_PREDICTION_DAYS)');
});

test('the horizon has the bounds and the default of its setting', () => {
  const { schema } = settings.CHURN_EVENT_HORIZON_DAYS;
  expect(schema.parse(undefined)).toBe(DEMAND.horizonDays);
  expect(['29', '30', '3650', '3651'].map((days) => schema.safeParse(days).success)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
