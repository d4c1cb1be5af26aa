import type { Figures } from './figures.ts';
import { averageEvents, type Demand, LIMITS, type Need } from './need.ts';
import { size, whole } from './size.ts';

export function inference({ requestsPerSecond: rate }: Demand, figures: Figures): Need {
  const cores = (rate * figures.predictCpuMicros) / 1e6;
  const pods = Math.max(2, Math.ceil(cores / LIMITS.inferenceCoresPerPod));
  return {
    part: 'inference',
    needs: `${whole(pods)} pods`,
    because: `${whole(rate)} requests/s x ${figures.predictCpuMicros} us = ${cores.toFixed(2)} cores, ${LIMITS.inferenceCoresPerPod} a pod; never fewer than two. ${figures.inferenceMemoryMiB} MiB each when busy`,
    quantities: [
      { name: 'pods', value: pods, unit: 'pods' },
      { name: 'cpu', value: cores, unit: 'cores' },
      { name: 'memory', value: pods * figures.inferenceMemoryMiB * 2 ** 20, unit: 'bytes' },
    ],
  };
}

/** A state has a tile for each day with events in its longest window; no two events are taken to share a day. */
function stateBytes({ eventsPerCustomerYear: each }: Demand, figures: Figures) {
  const days = Math.min(1, each / 365) * figures.stateDays;
  const more = (days - figures.redisDaysPerCustomer) * figures.redisBytesPerDay;
  return { days, bytes: Math.round(figures.redisBytesPerCustomer + more) };
}

/** A rebuild writes a new generation beside the one that serves. */
export function onlineStore(demand: Demand, figures: Figures): Need {
  const { customers } = demand;
  const { days, bytes: each } = stateBytes(demand, figures);
  const bytes = customers * each;
  const nodes = Math.ceil((2 * bytes) / LIMITS.redisNodeBytes);
  return {
    part: 'Redis, features',
    needs:
      nodes === 1
        ? `one server of ${size(2 * bytes)}`
        : `Redis Cluster: ${nodes} masters of ${size((2 * bytes) / nodes)}`,
    because: `${whole(customers)} customers x ${each} B = ${size(bytes)}, twice during a rebuild; ${figures.redisBytesPerCustomer} B were measured with events on ${figures.redisDaysPerCustomer} days of the longest window, here it is ${days.toFixed(1)} of ${figures.stateDays} days and ${figures.redisBytesPerDay} B a day. A server holds ${size(LIMITS.redisNodeBytes)}${nodes === 1 ? '' : '. The software speaks to one server as yet: until it speaks to a cluster, give each project an installation'}`,
    quantities: [
      { name: 'servers', value: nodes, unit: 'servers' },
      { name: 'memory', value: 2 * bytes, unit: 'bytes' },
    ],
  };
}

/** The busiest second is never below the average. Rows without ids are in files and are not posted. */
function busiest(demand: Demand): { rate: number; instead: string } {
  const { eventsPerSecond: rate, eventIds } = demand;
  const average = averageEvents(demand);
  if (eventIds === 'none' || average <= rate) return { rate, instead: '' };
  const instead = ` (the average of ${whole(demand.customers)} customers x ${demand.eventsPerCustomerYear} a year, more than the ${whole(rate)} given as the busiest)`;
  return { rate: average, instead };
}

/** Databases that the events need, each for its partition of them. */
export const eventDatabases = (demand: Demand, figures: Figures): number =>
  Math.ceil(busiest(demand).rate / (figures.postedEventsPerSecond * LIMITS.share));

export function ingestion(demand: Demand, figures: Figures): Need {
  const { rate, instead } = busiest(demand);
  const partitions = eventDatabases(demand, figures);
  const kafka = partitions > 1;
  return {
    part: 'ingestion',
    needs: kafka
      ? `Kafka before it, ${partitions} partitions, each into a Postgres of its own`
      : '2 pods, one of which could do it',
    because: `${whole(rate)} events/s${instead} of ${whole(figures.postedEventsPerSecond)} in arrays of 1,000, at ${100 * LIMITS.share}%; positions are given under one lock a database, so more pods do not write more`,
    quantities: kafka
      ? [
          { name: 'partitions', value: partitions, unit: 'partitions' },
          { name: 'databases', value: partitions, unit: 'servers' },
        ]
      : [{ name: 'pods', value: 2, unit: 'pods' }],
  };
}
