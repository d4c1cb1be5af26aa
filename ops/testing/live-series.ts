import request from 'supertest';
import { createBatchMetrics } from '../../services/batch/metrics.ts';
import { createControlMetrics } from '../../services/control/metrics.ts';
import { createWorld } from '../../services/inference/testing/world.ts';
import { createIngestionMetrics } from '../../services/ingestion/metrics.ts';
import { createMonitoringMetrics } from '../../services/monitoring/metrics.ts';
import { createTrainingMetrics } from '../../services/training/metrics.ts';

export interface Series {
  name: string;
  labels: Record<string, string>;
}

/**
 * What the services really expose: /metrics of an inference that was asked for a prediction, and the registries of the others with one of
 * everything in them.
 */
export async function liveSeries(): Promise<Series[]> {
  const world = await createWorld();
  try {
    await world.promote();
    await world.fill(1);
    const inference = await world.start();
    await request(inference.url).post('/predict').send({ customer_id: 'c0' }).expect(200);
    const { text } = await request(inference.url).get('/metrics');
    await inference.close();

    const { pool } = world.db;
    const ingestion = createIngestionMetrics(pool, Date.now, 400);
    ingestion.setSources([{ project: 'shop', source: 'orders', isStatic: false, newestUs: 0 }]);
    const batch = createBatchMetrics({
      queue: { depth: async () => ({ waiting: 0, active: 0, oldestSeconds: 0 }) },
      lastSuccesses: async () => [{ project: 'shop', finishedAt: 0, customers: 1, highRisk: 0 }],
    });
    const training = createTrainingMetrics(pool);
    training.ended('succeeded', 1);
    const monitoring = createMonitoringMetrics();
    const found = {
      column: 'churn_probability',
      statistics: { psi: 0.1 },
      currentNullRate: 0,
      status: 'stable',
    };
    const shown = { project: 'shop', model: 'churn', finishedAt: new Date(), isStatic: false };
    monitoring.show({ ...shown, columns: [found] });
    const registries = [ingestion, batch, training, monitoring, createControlMetrics(pool)];
    const texts = await Promise.all(registries.map(({ registry }) => registry.metrics()));
    return [text, ...texts].flatMap(parseSeries);
  } finally {
    await world.close();
  }
}

/** The series of a page in Prometheus' text format, or of lines in that form. */
export function parseSeries(text: string): Series[] {
  return [...text.matchAll(/^([a-z_][a-z_0-9]*)(?:\{(.*?)\})?(?: .*)?$/gm)].map(
    ([, name = '', labels = '']) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
      ),
    }),
  );
}
