import type { Figures } from '../figures.ts';
import type { Demand } from '../need.ts';
import { planCapacity } from '../plan.ts';

/** What the command takes where it is told only a million customers. */
export const DEMAND: Demand = {
  customers: 1_000_000,
  requestsPerSecond: 100,
  eventsPerSecond: 100,
  eventsPerCustomerYear: 50,
  eventIds: 'random',
  horizonDays: 400,
  nightHours: 4,
  keepDays: 30,
};
/** Of another machine: what follows from figures is tested on these, so that a new measurement changes no arithmetic. */
export const MACHINE: Figures = {
  predictCpuMicros: 93,
  inferenceMemoryMiB: 333,
  batchCustomersPerSecond: 277_291,
  snapshotCustomersPerSecond: 1_383_713,
  snapshotEventsPerCustomer: 8,
  postedEventsPerSecond: 30_961,
  redisBytesPerCustomer: 215,
  redisDaysPerCustomer: 8,
  redisBytesPerDay: 4,
  stateDays: 91,
  predictionBytes: 152,
  lakeBytesPlain: 4,
  lakeBytesOrdered: 8,
  lakeBytesRandom: 28,
  identityBytesOrdered: 200,
  identityBytesRandom: 250,
  snapshotMemoryPerCustomer: 500,
  snapshotSpillPerCustomer: 20,
  snapshotFilePerCustomer: 6,
};

export const find = (part: string, demand: Partial<Demand>) =>
  planCapacity({ ...DEMAND, ...demand }, MACHINE).find((need) => need.part === part);
export const needOf = (part: string, demand: Partial<Demand>) => find(part, demand)?.needs;
