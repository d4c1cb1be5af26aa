import { FIGURES, type Figures } from './figures.ts';

export interface Demand {
  customers: number;
  /** POST /predict at the busiest. */
  requestsPerSecond: number;
  /** Events at the busiest. */
  eventsPerSecond: number;
  /** On average, of one customer. */
  eventsPerCustomerYear: number;
  /** What a night may take. */
  nightHours: number;
  /** How long predictions are kept. */
  keepDays: number;
}

/** One line of the plan: what is needed, and how that comes out of the measured figures. */
export interface Need {
  part: string;
  needs: string;
  because: string;
}

/** Choices, not measurements: where one machine of its kind is given up for several. */
const LIMITS = {
  /** A pod of inference asks for half a core and is scaled at 70% of it (helm/churn). */
  inferenceCoresPerPod: 0.35,
  /** Nothing is run closer to what it was measured to do. */
  share: 0.7,
  redisNodeBytes: 25e9,
  postgresBytes: 2e12,
} as const;

/** For people: each need, and under it where it comes from. */
export function describeNeeds(needs: readonly Need[]): string {
  const lines = needs.map(({ part, needs: what, because }) => [
    part.padEnd(24) + what,
    ' '.repeat(24) + because,
  ]);
  return lines.flat().join('\n');
}

/** What the platform needs for a demand: straight lines through what was measured with 200,000 to 1,000,000 customers. */
export function planCapacity(demand: Demand, figures: Figures = FIGURES): Need[] {
  return [
    inference(demand, figures),
    onlineStore(demand, figures),
    ...batch(demand, figures),
    predictions(demand, figures),
    ...events(demand, figures),
    lake(demand, figures),
    snapshot(demand, figures),
  ];
}

function inference({ requestsPerSecond: rate }: Demand, figures: Figures): Need {
  const cores = (rate * figures.predictCpuMicros) / 1e6;
  const pods = Math.max(2, Math.ceil(cores / LIMITS.inferenceCoresPerPod));
  return {
    part: 'inference',
    needs: `${whole(pods)} pods`,
    because: `${whole(rate)} requests/s x ${figures.predictCpuMicros} us = ${cores.toFixed(2)} cores, ${LIMITS.inferenceCoresPerPod} a pod; never fewer than two. ${figures.inferenceMemoryMiB} MiB each when busy`,
  };
}

/** A rebuild writes a new generation beside the one that serves. */
function onlineStore({ customers }: Demand, figures: Figures): Need {
  const bytes = customers * figures.redisBytesPerCustomer;
  const nodes = Math.ceil((2 * bytes) / LIMITS.redisNodeBytes);
  return {
    part: 'Redis, features',
    needs:
      nodes === 1
        ? `one server of ${size(2 * bytes)}`
        : `Redis Cluster: ${nodes} masters of ${size((2 * bytes) / nodes)}`,
    because: `${whole(customers)} customers x ${figures.redisBytesPerCustomer} B = ${size(bytes)}, twice during a rebuild; a server holds ${size(LIMITS.redisNodeBytes)}${nodes === 1 ? '' : '. The software speaks to one server as yet: until it speaks to a cluster, give each project an installation'}`,
  };
}

function batch({ customers, nightHours }: Demand, figures: Figures): Need[] {
  const minutes = customers / figures.batchCustomersPerSecond / 60;
  const workers = Math.max(1, Math.ceil(minutes / (nightHours * 60 * LIMITS.share)));
  return [
    {
      part: 'batch',
      needs: `${workers} ${workers === 1 ? 'process' : 'processes'}, ${minutes < 1 ? 'under a minute' : `${whole(minutes / workers)} min`} a night`,
      because: `${whole(customers)} customers / ${whole(figures.batchCustomersPerSecond)} a second = ${minutes.toFixed(1)} min with one, of ${nightHours} h at ${100 * LIMITS.share}%`,
    },
  ];
}

function predictions({ customers, keepDays }: Demand, figures: Figures): Need {
  const night = customers * figures.predictionBytes;
  const kept = night * keepDays;
  const spread = kept > LIMITS.postgresBytes;
  const fit = Math.max(1, Math.floor(LIMITS.postgresBytes / night));
  return {
    part: 'Postgres, predictions',
    needs: `${size(night)} a night, ${size(kept)} kept${spread ? `: drop partitions after ${fit} days, or partition projects over several servers` : ''}`,
    because: `${whole(customers)} x ${figures.predictionBytes} B a night, ${keepDays} nights; partitioned by day and project, a server holds ${size(LIMITS.postgresBytes)}`,
  };
}

function events({ eventsPerSecond: rate }: Demand, figures: Figures): Need[] {
  const one = figures.postedEventsPerSecond * LIMITS.share;
  const daily = rate * 86_400 * figures.identityBytesPerEvent;
  const writers = Math.ceil(rate / one);
  return [
    {
      part: 'ingestion',
      needs:
        writers <= 1
          ? '2 pods, one of which could do it'
          : `Kafka before it, ${writers} partitions, each into a Postgres of its own`,
      because: `${whole(rate)} events/s of ${whole(figures.postedEventsPerSecond)} in arrays of 1,000, at ${100 * LIMITS.share}%; positions are given under one lock a database, so more pods do not write more`,
    },
    {
      part: 'Postgres, identities',
      needs: `${size(daily)} a day at that rate: ${size(LIMITS.postgresBytes)} in ${whole(LIMITS.postgresBytes / daily)} days`,
      because: `${whole(rate)} events/s x 86,400 s x ${figures.identityBytesPerEvent} B, of events over REST and rows with a key; nothing removes them yet`,
    },
  ];
}

function lake({ customers, eventsPerCustomerYear: each }: Demand, figures: Figures): Need {
  return {
    part: 'lake',
    needs: `${size(customers * each * figures.lakeBytesPerEvent)} a year`,
    because: `${whole(customers)} customers x ${whole(each)} events x ${figures.lakeBytesPerEvent} B, measured on rows of a file without ids; events with random ids take several times that`,
  };
}

/** By events read: what one process does in half a night, Spark does not need to. */
function snapshot({ customers, eventsPerCustomerYear: each, nightHours }: Demand, figures: Figures): Need {
  const perSecond = figures.snapshotCustomersPerSecond * figures.snapshotEventsPerCustomer;
  const minutes = (customers * each) / perSecond / 60;
  return {
    part: 'snapshot',
    needs:
      minutes <= nightHours * 30
        ? `DuckDB in one process, ${minutes < 1 ? 'under a minute' : `${whole(minutes)} min`}`
        : `Spark: one process would take ${whole(minutes)} min`,
    because: `a year of ${whole(customers * each)} events / ${whole(perSecond)} a second; half of a night of ${nightHours} h is ${whole(nightHours * 30)} min`,
  };
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 21500000000 -> '21.5 GB' */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 100 ? Number(value.toPrecision(3)) : Math.round(value)} ${units[power]}`;
}
