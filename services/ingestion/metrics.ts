import { createMetrics, type Metrics, sharedAnswer } from '@churn/platform';
import type { Pool } from 'pg';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type InboxState, readInboxState } from './queries/inbox-state.ts';
import { oldestIdentity } from './queries/old-identities.ts';

export interface IngestionMetrics extends Metrics {
  received(result: { accepted: number; repeated: number; quarantined: number }): void;
  imported(rows: number, seconds: number): void;
  compacted(seconds: number): void;
  /** A customer's sum has left the exact integers. */
  inexact(): void;
  materialized(customers: number, seconds: number): void;
  /** Identities of events were removed, being older than the horizon. */
  pruned(identities: number): void;
  setSources(
    sources: readonly { project: string; source: string; isStatic: boolean; newestUs: number }[],
  ): void;
}

/** Depth, age and lag are asked of Postgres at each scrape. */
export function createIngestionMetrics(pool: Pool, now: () => number, horizonDays: number): IngestionMetrics {
  const base = createMetrics('ingestion');
  const { events, rows, rate, compaction, rebuild, customers, inexact, pruned, newest } = series(
    base.registry,
  );
  inboxGauges(pool, now, [base.registry]);
  identityGauges(pool, now, horizonDays, [base.registry]);
  return {
    ...base,
    received({ accepted, repeated, quarantined }) {
      events.inc({ result: 'accepted' }, accepted);
      events.inc({ result: 'repeated' }, repeated);
      events.inc({ result: 'quarantined' }, quarantined);
    },
    imported(count, seconds) {
      rows.inc(count);
      rate.set(count / Math.max(seconds, 1e-6));
    },
    compacted: (seconds) => compaction.observe(seconds),
    inexact: () => inexact.inc(),
    pruned: (identities) => pruned.inc(identities),
    materialized(count, seconds) {
      rebuild.set(seconds);
      customers.set(count);
    },
    setSources(sources) {
      // A source that became static, or went, must not alarm for ever under its old labels.
      newest.reset();
      for (const { project, source, isStatic, newestUs } of sources)
        newest.set({ project, source, static: String(isStatic) }, Math.max(0, now() / 1000 - newestUs / 1e6));
    },
  };
}

function series(registry: Registry) {
  const registers = [registry];
  const events = new Counter({
    name: 'ingestion_events_total',
    help: 'Events received over REST',
    labelNames: ['result'],
    registers,
  });
  const rows = new Counter({
    name: 'ingestion_imported_rows_total',
    help: 'Rows imported from files',
    registers,
  });
  const rate = new Gauge({
    name: 'ingestion_import_rows_per_second',
    help: 'Rows a second of the last import',
    registers,
  });
  const compaction = new Histogram({
    name: 'ingestion_compaction_duration_seconds',
    help: 'Time of a compaction',
    buckets: [0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const rebuild = new Gauge({
    name: 'ingestion_materialize_duration_seconds',
    help: 'Time of the last rebuild of online features',
    registers,
  });
  const customers = new Gauge({
    name: 'ingestion_materialized_customers',
    help: 'Customers of the last rebuild',
    registers,
  });
  const inexact = new Counter({
    name: 'feature_sums_inexact_total',
    help: "Customers' sums that passed 2^53 - 1: features of them are null; the log names the customers",
    registers,
  });
  const newest = new Gauge({
    name: 'feature_freshness_seconds',
    help: 'Age of the newest event of a source; static sources expect none, and alarm nobody',
    labelNames: ['project', 'source', 'static'],
    registers,
  });
  const pruned = new Counter({
    name: 'ingestion_event_identities_removed_total',
    help: 'Identities of events removed, being older than CHURN_EVENT_HORIZON_DAYS',
    registers,
  });
  return { events, rows, rate, compaction, rebuild, customers, inexact, pruned, newest };
}

function identityGauges(
  pool: Pool,
  now: () => number,
  horizonDays: number,
  registers: Metrics['registry'][],
): void {
  const oldest = sharedAnswer(() => oldestIdentity(pool));
  new Gauge({
    name: 'ingestion_event_identity_oldest_seconds',
    help: 'Age of the oldest day of which identities of events are kept',
    registers,
    async collect() {
      const ms = await oldest();
      if (ms !== undefined) this.set(ms === null ? 0 : Math.max(0, (now() - ms) / 1000));
    },
  });
  new Gauge({
    name: 'ingestion_event_horizon_seconds',
    help: 'CHURN_EVENT_HORIZON_DAYS: for how long identities of events are kept',
    registers,
  }).set(horizonDays * 86_400);
}

function inboxGauges(pool: Pool, now: () => number, registers: Metrics['registry'][]): void {
  const states = sharedAnswer(() => readInboxState(pool));
  const gauge = (names: { name: string; help: string }, value: (state: InboxState) => number) =>
    new Gauge({
      ...names,
      labelNames: ['project'] as const,
      registers,
      async collect() {
        for (const state of (await states()) ?? []) this.set({ project: state.project }, value(state));
      },
    });
  gauge(
    { name: 'ingestion_inbox_events', help: 'Events not yet in a segment' },
    (state) => state.uncompacted,
  );
  gauge(
    { name: 'ingestion_projector_lag_events', help: 'Events accepted that online features do not show yet' },
    (state) => state.unprojected,
  );
  gauge(
    { name: 'ingestion_inbox_oldest_seconds', help: 'Age of the oldest event not yet in a segment' },
    ({ oldest }) => (oldest === null ? 0 : Math.max(0, (now() - oldest.getTime()) / 1000)),
  );
}
