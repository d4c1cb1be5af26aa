import { createMetrics, type Metrics } from '@churn/platform';
import { Counter, Gauge, Histogram } from 'prom-client';

export interface InferenceMetrics extends Metrics {
  /** Customers asked for, one request's worth. */
  requested(customers: number): void;
  /** The time of one answered request. */
  answered(seconds: number): void;
  /** Customers left without a prediction by a fault on our side. */
  failed(customers: number): void;
  /** Customers answered from stored predictions. */
  degraded(customers: number): void;
  /** Customers scored in one call. */
  batchScored(customers: number): void;
  /** The champions that serve now, all of them. */
  setModels(models: readonly { project: string; model: string; version: number }[]): void;
}

const LATENCY = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function createInferenceMetrics(queued: () => number): InferenceMetrics {
  const base = createMetrics('inference');
  const registers = [base.registry];
  const requests = new Counter({
    name: 'prediction_requests_total',
    help: 'Customers that predictions were asked for',
    registers,
  });
  const errors = new Counter({
    name: 'prediction_errors_total',
    help: 'Customers left without a prediction by a fault on our side; divided by prediction_requests_total, which counts customers too, their share',
    registers,
  });
  const latency = new Histogram({
    name: 'prediction_latency_seconds',
    help: 'Time to answer a prediction request',
    buckets: LATENCY,
    registers,
  });
  const degraded = new Counter({
    name: 'prediction_degraded_total',
    help: 'Customers answered from their last stored prediction, since online features were out of reach',
    registers,
  });
  const batch = new Histogram({
    name: 'prediction_batch_customers',
    help: 'Customers scored in one call',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  });
  const models = new Gauge({
    name: 'model_version_info',
    help: 'Always 1; its labels say which version serves',
    labelNames: ['project', 'model', 'version'],
    registers,
  });
  new Gauge({
    name: 'prediction_queue_customers',
    help: 'Customers waiting for their features or scores',
    registers,
    collect() {
      this.set(queued());
    },
  });
  return {
    ...base,
    requested: (customers) => requests.inc(customers),
    answered: (seconds) => latency.observe(seconds),
    failed: (customers) => errors.inc(customers),
    degraded: (customers) => degraded.inc(customers),
    batchScored: (customers) => batch.observe(customers),
    setModels(serving) {
      models.reset();
      for (const { project, model, version } of serving)
        models.set({ project, model, version: String(version) }, 1);
    },
  };
}
