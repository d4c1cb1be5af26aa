import { createMetrics, type Metrics } from '@churn/platform';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { productionVersions } from './queries/production-versions.ts';

/** The registry is asked at each scrape; while Postgres is away the gauge stays as it was, and readiness says so. */
export function createControlMetrics(pool: Pool): Metrics {
  const base = createMetrics('control');
  new Gauge({
    name: 'registry_production_version',
    help: 'Version in Production of each model of the current definitions; 0 while there is none',
    labelNames: ['project', 'model'],
    registers: [base.registry],
    async collect() {
      const models = await productionVersions(pool).catch(() => undefined);
      if (models === undefined) return;
      this.reset();
      for (const { project, model, version } of models) this.set({ project, model }, version ?? 0);
    },
  });
  return base;
}
