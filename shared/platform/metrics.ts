import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** A registry of this context's own, so that two services in one process (a test) do not meet. */
  readonly registry: Registry;
  /** Rate, errors and duration of each route; `route` is the pattern, never the URL asked for. */
  observeRequest(method: string, route: string, status: number, seconds: number): void;
}

/** Methods that any route may have. A scanner tries all that the parser lets through; those are one series. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Metrics of one context: the process's own, and those of its HTTP routes. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    registry,
    observeRequest(given, route, status, seconds) {
      const method = METHODS.has(given) ? given : 'other';
      requests.inc({ method, route, status });
      duration.observe({ method, route }, seconds);
    },
  };
}

/**
 * One question for several gauges of a scrape: prom-client collects them all at once, so a gauge that another one sets shows what the scrape
 * before it said. Undefined when the question fails: gauges then stay as they were, and readiness says so.
 */
export function sharedAnswer<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let underWay: Promise<T | undefined> | undefined;
  return () => {
    underWay ??= ask()
      .catch(() => undefined)
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
}
