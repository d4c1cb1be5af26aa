import type { Figures } from './figures.ts';
import { type Demand, LIMITS, type Need } from './need.ts';
import { duration, size, whole } from './size.ts';

/** DuckDB is given so much of its process's memory (shared/lake/duck.ts). */
const DUCK_SHARE = 0.4;

/** Of the one process that makes the snapshot: time by events read, memory by customers held. */
function snapshotOf({ customers, eventsPerCustomerYear: each, nightHours }: Demand, figures: Figures) {
  const perSecond = figures.snapshotCustomersPerSecond * figures.snapshotEventsPerCustomer;
  const minutes = (customers * each) / perSecond / 60;
  const held = customers * figures.snapshotMemoryPerCustomer;
  const memory = held / DUCK_SHARE;
  const mostMinutes = nightHours * 30;
  const slow = minutes > mostMinutes;
  return {
    perSecond,
    minutes,
    mostMinutes,
    held,
    memory,
    slow,
    spark: slow || memory > LIMITS.snapshotBytes,
  };
}

export function snapshot(demand: Demand, figures: Figures): Need {
  const { customers, eventsPerCustomerYear: each, nightHours } = demand;
  const { perSecond, minutes, mostMinutes, held, memory, slow, spark } = snapshotOf(demand, figures);
  const spilled = customers * figures.snapshotSpillPerCustomer;
  const file = customers * figures.snapshotFilePerCustomer;
  const lacking = slow ? `take ${duration(minutes)}` : `need ${size(memory)} of memory`;
  return {
    part: 'snapshot',
    needs: spark
      ? `Spark: one process would ${lacking}`
      : `DuckDB in one process of ${size(memory)}, ${duration(minutes)}`,
    because: `a year of ${whole(customers * each)} events / ${whole(perSecond)} a second; half of a night of ${nightHours} h is ${duration(mostMinutes)}. ${whole(customers)} x ${figures.snapshotMemoryPerCustomer} B = ${size(held)} held, in ${100 * DUCK_SHARE}% of the memory; with half of it ${size(spilled)} go through the scratch folder. A file of ${size(file)} in the lake, two while a run is under way`,
    quantities: [
      { name: 'time', value: minutes, unit: 'minutes' },
      { name: 'memory', value: memory, unit: 'bytes' },
      { name: 'scratch', value: spilled, unit: 'bytes' },
      { name: 'lake', value: 2 * file, unit: 'bytes' },
    ],
  };
}

/** What follows the snapshot. The measured total has one in it, which is taken out: another night's has other events. */
function batchOf(demand: Demand, figures: Figures) {
  const seconds = 1 / figures.batchCustomersPerSecond - 1 / figures.snapshotCustomersPerSecond;
  const minutes = (demand.customers * seconds) / 60;
  const before = snapshotOf(demand, figures);
  // Spark is held to what DuckDB is: half of the night.
  const left = demand.nightHours * 60 * LIMITS.share - (before.spark ? before.mostMinutes : before.minutes);
  const workers = Math.max(1, Math.ceil(minutes / left));
  return { perSecond: 1 / seconds, minutes, left, workers, each: minutes / workers };
}

export function batch(demand: Demand, figures: Figures): Need {
  const { perSecond, minutes, left, workers, each } = batchOf(demand, figures);
  return {
    part: 'batch',
    needs: `${whole(workers)} ${workers === 1 ? 'process' : 'processes'}, ${duration(each)} a night`,
    because: `scoring to export, after the snapshot: ${whole(demand.customers)} customers / ${whole(perSecond)} a second = ${duration(minutes)} with one; the snapshot leaves ${duration(left)} of ${demand.nightHours} h at ${100 * LIMITS.share}%`,
    quantities: [
      { name: 'processes', value: workers, unit: 'processes' },
      { name: 'time', value: each, unit: 'minutes' },
    ],
  };
}

/** One after the other. Where the snapshot is Spark's, whose time was not measured, it is given what it may take. */
export function night(demand: Demand, figures: Figures): Need {
  const { spark, minutes, mostMinutes } = snapshotOf(demand, figures);
  const { each } = batchOf(demand, figures);
  const first = spark ? mostMinutes : minutes;
  return {
    part: 'night, in all',
    needs: `${spark ? 'at most ' : ''}${duration(first + each)} of ${demand.nightHours} h`,
    because: `snapshot ${duration(first)}${spark ? ', what Spark may take,' : ''} and batch ${duration(each)}, one after the other`,
    quantities: [{ name: 'time', value: first + each, unit: 'minutes' }],
  };
}
