import { expect, test } from '@jest/globals';
import type { Demand } from './need.ts';
import { duration } from './size.ts';
import { find, MACHINE, needOf } from './testing/another-machine.ts';

const minutesOf = (part: string, demand: Partial<Demand>) =>
  find(part, demand)?.quantities.find(({ name }) => name === 'time')?.value ?? Number.NaN;

test.each<[string, Partial<Demand>, string]>([
  // 100 M / 277,291 a second less 100 M / 1,383,713 a second: 361 s, of which 72 are the snapshot of the measurement.
  ['batch', { customers: 100_000_000 }, '1 process, 5 min a night'],
  ['night, in all', { customers: 100_000_000 }, '12 min of 4 h'],
  // Of 14 minutes at 70% the snapshot leaves two.
  ['batch', { customers: 100_000_000, nightHours: 0.27 }, '2 processes, 2 min a night'],
  // Spark may take half, 120 of 168 minutes; 48 are left.
  ['batch', { customers: 2_000_000_000 }, '3 processes, 32 min a night'],
  ['night, in all', { customers: 2_000_000_000 }, 'at most 152 min of 4 h'],
  ['snapshot', { nightHours: 0.001 }, 'Spark: one process would take 5 s'],
])('%s of %p: %s', (part, demand, needs) => {
  expect(needOf(part, demand)).toBe(needs);
});

test.each([1, 8, 50, 365])('snapshot and batch add up to the night, with %i events a year', (each) => {
  const demand = { customers: 100_000_000, eventsPerCustomerYear: each };
  expect(minutesOf('snapshot', demand) + minutesOf('batch', demand)).toBeCloseTo(
    minutesOf('night, in all', demand),
  );
});

test('with the events of the measurement the night takes what was measured in all', () => {
  const demand = { customers: 100_000_000, eventsPerCustomerYear: MACHINE.snapshotEventsPerCustomer };
  expect(minutesOf('night, in all', demand)).toBeCloseTo(1e8 / MACHINE.batchCustomersPerSecond / 60);
});

test('the whole night is within 70% of its hours, however short it is', () => {
  for (const nightHours of [0.001, 0.05, 0.1, 0.5, 4, 24])
    expect(minutesOf('night, in all', { customers: 100_000_000, nightHours })).toBeLessThanOrEqual(
      nightHours * 60 * 0.7 + 1e-9,
    );
});

test('times are said in the unit that fits', () => {
  expect([0, 0.001, 0.4, 1.5, 1.99, 9, 151, 259.3, 120_000].map(duration)).toEqual([
    'under a second',
    'under a second',
    '24 s',
    '90 s',
    '119 s',
    '9 min',
    '151 min',
    '4.32 h',
    '2,000 h',
  ]);
});

const ingestion = (demand: Partial<Demand>) => find('ingestion', demand);

test('a busiest second below the average of the year gives way to the average, which is said', () => {
  expect(ingestion({ customers: 100_000_000 })?.because).toMatch(
    /^159 events\/s \(the average of 100,000,000 customers x 50 a year, more than the 100 given as the busiest\) of /,
  );
  expect(ingestion({ customers: 100_000_000, eventsPerSecond: 160 })?.because).toMatch(/^160 events\/s of /);
  const busy = { customers: 100_000_000, eventsPerCustomerYear: 10_000 };
  expect(ingestion(busy)?.needs).toContain('2 partitions');
  expect(find('Postgres, in all', busy)?.because).toContain('events need 2 servers');
});

test('rows without ids come in files, so that their average is no rate of POST /events', () => {
  expect(ingestion({ customers: 100_000_000, eventIds: 'none' })?.because).toMatch(/^100 events\/s of /);
});
