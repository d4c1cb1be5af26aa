/** What the ids of events are: rows of files without a key have none; of the others random ones (UUIDs) take most room. */
export const EVENT_IDS = ['none', 'ordered', 'random'] as const;

export interface Demand {
  customers: number;
  /** POST /predict at the busiest. */
  requestsPerSecond: number;
  /** Events at the busiest. */
  eventsPerSecond: number;
  /** On average, of one customer. */
  eventsPerCustomerYear: number;
  eventIds: (typeof EVENT_IDS)[number];
  /** CHURN_EVENT_HORIZON_DAYS. */
  horizonDays: number;
  /** What a night may take. */
  nightHours: number;
  /** How long predictions are kept. */
  keepDays: number;
}

/** Events of all customers a second, over the year. */
export const averageEvents = ({ customers, eventsPerCustomerYear: each }: Demand): number =>
  (customers * each) / (365 * 86_400);

/** A number of the plan, for programs. */
interface Quantity {
  name: string;
  value: number;
  unit: 'pods' | 'processes' | 'servers' | 'partitions' | 'cores' | 'bytes' | 'minutes' | 'days';
}

/** One part of the plan: what is needed, in words and in numbers, and how that comes out of the measured figures. */
export interface Need {
  part: string;
  needs: string;
  because: string;
  quantities: Quantity[];
}

/** Choices, not measurements: where one machine of its kind is given up for several. */
export const LIMITS = {
  /** A pod of inference asks for half a core and is scaled at 70% of it (helm/churn). */
  inferenceCoresPerPod: 0.35,
  /** Nothing is run closer to what it was measured to do. */
  share: 0.7,
  redisNodeBytes: 25e9,
  postgresBytes: 2e12,
  /** Memory of the one process that makes a snapshot. */
  snapshotBytes: 256e9,
} as const;
