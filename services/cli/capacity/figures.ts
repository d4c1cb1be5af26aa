/** What was measured: bench/results.md, from which a test reads them again. Nothing else is assumed of the software's speed or size. */
export const FIGURES = {
  /** `node bench/hpa.ts`: CPU time of one POST /predict, at the highest rate. */
  predictCpuMicros: 95,
  /** `node bench/hpa.ts`: resident memory of a busy pod of inference. */
  inferenceMemoryMiB: 321,
  /** `node bench/batch.ts`: one process, from the snapshot to the CRM's table. */
  batchCustomersPerSecond: 187_506,
  /** `node bench/batch.ts`: the snapshot alone, by DuckDB; eight events a customer. */
  snapshotCustomersPerSecond: 973_306,
  snapshotEventsPerCustomer: 8,
  /** `node bench/events.ts`: POST /events in arrays of 1,000, one process. */
  postedEventsPerSecond: 24_502,
  /** `node bench/footprint.ts` */
  redisBytesPerCustomer: 214,
  predictionBytes: 151,
  /** Rows of a file, without ids. */
  lakeBytesPlain: 3.8,
  /** Events over REST, with ids as order-4711 and with UUIDs. */
  lakeBytesOrdered: 7.9,
  lakeBytesRandom: 28.2,
  identityBytesOrdered: 208,
  identityBytesRandom: 248,
  /** What DuckDB holds when it has all the memory it wants, and what it writes to its scratch folder with half of that. */
  snapshotMemoryPerCustomer: 498,
  snapshotSpillPerCustomer: 21.8,
  snapshotFilePerCustomer: 6.3,
} as const;

export type Figures = { readonly [K in keyof typeof FIGURES]: number };
