import { createMetrics, type Metrics } from '@churn/platform';
import { DRIFT_STATISTICS } from '@churn/statistics';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A check's figures as gauges show them. */
interface ShownDrift {
  project: string;
  model: string;
  finishedAt: Date;
  /** Drift with time is expected: shown, but under a label that the alert does not look at. */
  isStatic: boolean;
  columns: readonly {
    column: string;
    statistics: Readonly<Record<string, number>>;
    currentNullRate: number;
    status: string;
  }[];
}

export interface MonitoringMetrics extends Metrics {
  /** Whether this check is what the gauges show of its model. */
  shows(check: Pick<ShownDrift, 'project' | 'model' | 'finishedAt'>): boolean;
  /** Replaces what is shown of the project's model. */
  show(drift: ShownDrift): void;
  checked(outcome: Outcome, seconds: number): void;
}

const OUTCOMES = ['succeeded', 'retried', 'failed', 'fenced'] as const;
type Outcome = (typeof OUTCOMES)[number];

export function createMonitoringMetrics(): MonitoringMetrics {
  const base = createMetrics('monitoring');
  const { statistics, missing, drifted, last, checks, duration } = series(base.registry);
  const shown = new Map<string, ShownDrift>();

  return {
    ...base,
    shows({ project, model, finishedAt }) {
      return shown.get(`${project}/${model}`)?.finishedAt.getTime() === finishedAt.getTime();
    },
    show(drift) {
      const { project, model } = drift;
      const before = shown.get(`${project}/${model}`);
      for (const { column } of before?.columns ?? [])
        for (const each of [...statistics.values(), missing])
          each.remove({ project, model, feature: column });
      if (before !== undefined) drifted.remove({ project, model, static: String(before.isStatic) });
      shown.set(`${project}/${model}`, drift);
      for (const found of drift.columns) {
        const labels = { project, model, feature: found.column };
        for (const [name, value] of Object.entries(found.statistics))
          statistics.get(name)?.set(labels, value);
        missing.set(labels, found.currentNullRate);
      }
      drifted.set(
        { project, model, static: String(drift.isStatic) },
        drift.columns.filter(({ status }) => status === 'drifted').length,
      );
      last.set({ project, model }, drift.finishedAt.getTime() / 1000);
    },
    checked(outcome, seconds) {
      checks.inc({ outcome });
      duration.observe(seconds);
    },
  };
}

function series(registry: Registry) {
  const registers = [registry];
  const labelNames = ['project', 'model', 'feature'] as const;
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers });
  const statistics = new Map(
    DRIFT_STATISTICS.map(({ name, help }) => [name, gauge(`drift_${name}`, help)] as const),
  );
  const missing = gauge('drift_null_ratio', 'Share of missing values now');
  const perModel = ['project', 'model'] as const;
  const drifted = new Gauge({
    name: 'drift_columns_drifted',
    help: 'Features and scores that have drifted; those of finished data sets (static) do with time, and alarm nobody',
    labelNames: [...perModel, 'static'],
    registers,
  });
  const last = new Gauge({
    name: 'drift_last_check_timestamp_seconds',
    help: 'When the last check ended',
    labelNames: perModel,
    registers,
  });
  const checks = new Counter({
    name: 'drift_checks_total',
    help: 'Checks by how they ended',
    labelNames: ['outcome'],
    registers,
  });
  // From zero: a series that begins at 1 has not increased, and its alert would miss the first failure.
  for (const outcome of OUTCOMES) checks.inc({ outcome }, 0);
  const duration = new Histogram({
    name: 'drift_check_duration_seconds',
    help: 'Time of a check',
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  return { statistics, missing, drifted, last, checks, duration };
}
