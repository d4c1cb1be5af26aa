import type { Figures } from './figures.ts';
import { type Demand, LIMITS, type Need } from './need.ts';
import { duration, size, whole } from './size.ts';

export function batch({ customers, nightHours }: Demand, figures: Figures): Need {
  const minutes = customers / figures.batchCustomersPerSecond / 60;
  const workers = Math.max(1, Math.ceil(minutes / (nightHours * 60 * LIMITS.share)));
  return {
    part: 'batch',
    needs: `${workers} ${workers === 1 ? 'process' : 'processes'}, ${duration(minutes / workers)} a night`,
    because: `${whole(customers)} customers / ${whole(figures.batchCustomersPerSecond)} a second = ${minutes.toFixed(1)} min with one, of ${nightHours} h at ${100 * LIMITS.share}%`,
    quantities: [
      { name: 'processes', value: workers, unit: 'processes' },
      { name: 'time', value: minutes / workers, unit: 'minutes' },
    ],
  };
}

/** DuckDB is given so much of its process's memory (shared/lake/duck.ts). */
const DUCK_SHARE = 0.4;

/** Time by events read, memory by customers held. */
export function snapshot(demand: Demand, figures: Figures): Need {
  const { customers, eventsPerCustomerYear: each, nightHours } = demand;
  const perSecond = figures.snapshotCustomersPerSecond * figures.snapshotEventsPerCustomer;
  const minutes = (customers * each) / perSecond / 60;
  const held = customers * figures.snapshotMemoryPerCustomer;
  const memory = held / DUCK_SHARE;
  const spilled = customers * figures.snapshotSpillPerCustomer;
  const file = customers * figures.snapshotFilePerCustomer;
  return {
    part: 'snapshot',
    needs: oneOrMany(minutes, memory, nightHours),
    because: `a year of ${whole(customers * each)} events / ${whole(perSecond)} a second; half of a night of ${nightHours} h is ${whole(nightHours * 30)} min. ${whole(customers)} x ${figures.snapshotMemoryPerCustomer} B = ${size(held)} held, in ${100 * DUCK_SHARE}% of the memory; with half of it ${size(spilled)} go through the scratch folder. A file of ${size(file)} in the lake, two while a run is under way`,
    quantities: [
      { name: 'time', value: minutes, unit: 'minutes' },
      { name: 'memory', value: memory, unit: 'bytes' },
      { name: 'scratch', value: spilled, unit: 'bytes' },
      { name: 'lake', value: 2 * file, unit: 'bytes' },
    ],
  };
}

function oneOrMany(minutes: number, memory: number, nightHours: number): string {
  if (minutes > nightHours * 30) return `Spark: one process would take ${whole(minutes)} min`;
  if (memory > LIMITS.snapshotBytes) return `Spark: one process would need ${size(memory)} of memory`;
  return `DuckDB in one process of ${size(memory)}, ${duration(minutes)}`;
}
