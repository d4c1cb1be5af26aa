import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Series } from './live-series.ts';

const CHART = join(import.meta.dirname, '../../helm/churn/templates');
const template = (file: string) => readFileSync(join(CHART, file), 'utf8');

/** Labels that the Prometheus operator gives a target of the chart's ServiceMonitor; the job is the value of the Service's label `jobLabel`, else its name. */
function targetLabels(service: string): Record<string, string> {
  const jobLabel = /^ {2}jobLabel: (\S+)$/m.exec(template('monitoring.yaml'))?.[1];
  const value = new RegExp(`^${jobLabel}: ([a-z]+)$`, 'm').exec(template('_helpers.tpl'))?.[1];
  const name = `acme-${service}`;
  return {
    job: value ?? name,
    service: name,
    namespace: 'acme',
    pod: `${name}-0`,
    container: service,
    endpoint: 'http',
    instance: '10.0.0.1:80',
  };
}

/**
 * A service's series as Prometheus stores them under the chart, released as "acme". Where a target's label and an exposed one have the same
 * name, honorLabels decides which of them keeps it. With them the target's own series, `up`.
 */
export function asScraped(exposed: readonly Series[]): Series[] {
  const honours = /^ {6}honorLabels: true\b/m.test(template('monitoring.yaml'));
  const services = new Set(exposed.map(({ labels }) => labels.service ?? ''));
  const stored = exposed.map(({ name, labels }) => {
    const target = targetLabels(labels.service ?? '');
    const kept = Object.entries(labels).map(([label, value]) => [
      honours || !(label in target) ? label : `exported_${label}`,
      value,
    ]);
    return { name, labels: { ...target, ...Object.fromEntries(kept) } };
  });
  return [...stored, ...[...services].map((service) => ({ name: 'up', labels: targetLabels(service) }))];
}
