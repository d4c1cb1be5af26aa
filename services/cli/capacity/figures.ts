/** What was measured: bench/results.md, from which a test reads them again. Nothing else is assumed of the software's speed or size. */
export const FIGURES = {
  /** `node bench/hpa.ts`: CPU time of one POST /predict, at the highest rate. */
  predictCpuMicros: 90,
  /** `node bench/hpa.ts`: resident memory of a busy pod of inference. */
  inferenceMemoryMiB: 302,
  /** `node bench/batch.ts`: one process, from the snapshot to the CRM's table. */
  batchCustomersPerSecond: 205_930,
  /** `node bench/batch.ts`: the snapshot alone, by DuckDB; eight events a customer. */
  snapshotCustomersPerSecond: 1_087_947,
  snapshotEventsPerCustomer: 8,
  /** `node bench/events.ts`: POST /events in arrays of 1,000, one process. */
  postedEventsPerSecond: 30_424,
  /** `node bench/footprint.ts` */
  redisBytesPerCustomer: 214,
  /** Days with events of its customers, each a tile of the state: 8 purchases, 9 days apart. */
  redisDaysPerCustomer: 8,
  /** What one more day with events adds in Redis, which rounds up what it allocates. */
  redisBytesPerDay: 4.4,
  /** Tiles that a state has at most: the longest window of examples/cdnow, 90 days, and the day it ends on. */
  stateDays: 91,
  predictionBytes: 153,
  /** Rows of a file, without ids. */
  lakeBytesPlain: 3.8,
  /** Events over REST, with ids as order-4711 and with UUIDs. */
  lakeBytesOrdered: 7.7,
  lakeBytesRandom: 27.9,
  identityBytesOrdered: 210,
  identityBytesRandom: 252,
  /** What DuckDB holds when it has all the memory it wants, and what it writes to its scratch folder with half of that. */
  snapshotMemoryPerCustomer: 502,
  snapshotSpillPerCustomer: 29.3,
  snapshotFilePerCustomer: 6.5,
} as const;

export type Figures = { readonly [K in keyof typeof FIGURES]: number };
