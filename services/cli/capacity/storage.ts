import type { Figures } from './figures.ts';
import { type Demand, LIMITS, type Need } from './need.ts';
import { eventDatabases } from './serving.ts';
import { size, whole } from './size.ts';

const YEAR_DAYS = 365;
/** Identities stay so much longer than events are taken (docs/adr/0012). */
const MARGIN_DAYS = 2;

const predictionsKept = ({ customers, keepDays }: Demand, figures: Figures) =>
  customers * figures.predictionBytes * keepDays;

export function predictions(demand: Demand, figures: Figures): Need {
  const { customers, keepDays } = demand;
  const night = customers * figures.predictionBytes;
  const kept = predictionsKept(demand, figures);
  return {
    part: 'Postgres, predictions',
    needs: `${size(night)} a night, ${size(kept)} kept`,
    because: `${whole(customers)} x ${figures.predictionBytes} B a night, ${keepDays} nights; partitioned by day and project`,
    quantities: [
      { name: 'a night', value: night, unit: 'bytes' },
      { name: 'kept', value: kept, unit: 'bytes' },
    ],
  };
}

const IDENTITY_FIGURE = { ordered: 'identityBytesOrdered', random: 'identityBytesRandom' } as const;

/** At the average rate: what they come to in a year does not depend on the busiest second. */
function identityBytes({ customers, eventsPerCustomerYear: each, eventIds }: Demand, figures: Figures) {
  const bytes = eventIds === 'none' ? 0 : figures[IDENTITY_FIGURE[eventIds]];
  return { bytes, daily: (customers * each * bytes) / YEAR_DAYS };
}

const daysKept = ({ horizonDays }: Demand) => horizonDays + MARGIN_DAYS;

export function identities(demand: Demand, figures: Figures): Need {
  const { bytes, daily } = identityBytes(demand, figures);
  const kept = daily * daysKept(demand);
  const yearly = demand.customers * demand.eventsPerCustomerYear;
  return {
    part: 'Postgres, identities',
    needs: bytes === 0 ? 'nothing' : `${size(daily)} a day, ${size(kept)} kept`,
    because:
      bytes === 0
        ? 'rows of a file without a key are known by the file'
        : `${whole(yearly)} events a year x ${bytes} B with ${demand.eventIds} ids, ${demand.horizonDays} + ${MARGIN_DAYS} days (CHURN_EVENT_HORIZON_DAYS)`,
    quantities: [
      { name: 'a day', value: daily, unit: 'bytes' },
      { name: 'kept', value: kept, unit: 'bytes' },
    ],
  };
}

/** As many as the events need, and more where the bytes do: both tables grow by the day and are cut by it, so that fewer days are the first thing to try. */
export function postgres(demand: Demand, figures: Figures): Need {
  const nightly = demand.customers * figures.predictionBytes;
  const identified = identityBytes(demand, figures).daily * daysKept(demand);
  const bytes = predictionsKept(demand, figures) + identified;
  const least = eventDatabases(demand, figures);
  const servers = Math.max(least, Math.ceil(bytes / LIMITS.postgresBytes));
  const fit = Math.floor((least * LIMITS.postgresBytes - identified) / nightly);
  const on = least === 1 ? '' : ` on ${least} servers`;
  const fewer = servers > least && fit >= 1 ? `keep predictions for ${fit} nights${on}, or ` : '';
  const partitions = least === 1 ? '' : `; events need ${least} servers, one a partition`;
  return {
    part: 'Postgres, in all',
    needs:
      servers === 1
        ? `one server of ${size(bytes)}`
        : `${fewer}spread the projects over ${servers} servers of ${size(bytes / servers)}`,
    because: `predictions and identities, ${size(bytes)}; a server holds ${size(LIMITS.postgresBytes)}${partitions}`,
    quantities: [
      { name: 'servers', value: servers, unit: 'servers' },
      { name: 'disk', value: bytes, unit: 'bytes' },
    ],
  };
}

const LAKE_FIGURE = {
  none: 'lakeBytesPlain',
  ordered: 'lakeBytesOrdered',
  random: 'lakeBytesRandom',
} as const;
const LAKE_OF = {
  none: 'rows of files without ids',
  ordered: 'events with ids in order',
  random: 'events with random ids',
} as const;

export function lake({ customers, eventsPerCustomerYear: each, eventIds }: Demand, figures: Figures): Need {
  const bytes = figures[LAKE_FIGURE[eventIds]];
  const yearly = customers * each * bytes;
  return {
    part: 'lake',
    needs: `${size(yearly)} a year`,
    because: `${whole(customers)} customers x ${whole(each)} events x ${bytes} B, ${LAKE_OF[eventIds]}`,
    quantities: [{ name: 'a year', value: yearly, unit: 'bytes' }],
  };
}
