import { batch, inference, type ValueMistake } from './value-mistake.ts';

const LABEL = 'app.kubernetes.io/component';
const BOUNDS: ValueMistake[] = [
  {
    what: 'fewest pods above most',
    values: inference({ autoscaling: { min: 20 } }),
    says: 'services.inference.autoscaling: min 20 is above max 10. Lower min or raise max.',
  },
  {
    what: 'a request of memory above its limit',
    values: inference({ resources: { requests: { memory: '2Gi' } } }),
    says: 'services.inference.resources: the request of memory, 2Gi, is above its limit, 1536Mi. Lower the request or raise the limit.',
  },
  {
    what: 'such a request of the migrations',
    values: { migrations: { resources: { requests: { memory: '1Gi' } } } },
    says: 'migrations.resources: the request of memory, 1Gi, is above its limit, 512Mi.',
  },
  {
    what: 'a request of CPU above its limit',
    values: batch({ resources: { requests: { cpu: '1001m' }, limits: { cpu: '1' } } }),
    says: 'services.batch.resources: the request of cpu, 1001m, is above its limit, 1.',
  },
  {
    what: 'a label that the chart selects by',
    values: batch({ labels: { [LABEL]: 'nightly' } }),
    says: `services.batch.labels: ${LABEL} is given by the chart, which finds its pods by it. Take it out.`,
  },
  {
    what: 'such a label of the ServiceMonitor',
    values: { serviceMonitor: { labels: { [LABEL]: 'x' } } },
    says: `serviceMonitor.labels: ${LABEL} is given by the chart`,
  },
  {
    what: 'such a label of the rules',
    values: { prometheusRule: { labels: { [LABEL]: 'x' } } },
    says: `prometheusRule.labels: ${LABEL} is given by the chart`,
  },
  {
    what: 'a label with a space',
    values: batch({ labels: { team: 'a b' } }),
    says: "labels/team': 'a b' does not match pattern",
  },
];

const TOGETHER: ValueMistake[] = [
  {
    what: 'two services of one name',
    values: { services: { control: { names: { deployment: 'x' } }, batch: { names: { deployment: 'x' } } } },
    says: 'services.batch and services.control both give the deployment x. Give one another names.deployment.',
  },
  {
    what: 'a name that another service has by itself',
    values: batch({ names: { service: 'churn-control' } }),
    says: 'services.batch and services.control both give the service churn-control.',
  },
  {
    what: 'two scalers of one name',
    values: {
      services: {
        inference: { names: { autoscaler: 'x' } },
        ingestion: { names: { autoscaler: 'x' } },
      },
    },
    says: 'services.inference and services.ingestion both give the autoscaler x. Give one another names.autoscaler.',
  },
  {
    what: 'one host for two services',
    values: { ingress: { enabled: true, hosts: { inference: 'a.example.com', control: 'a.example.com' } } },
    says: 'ingress.hosts: a.example.com is given to control and to inference',
  },
  {
    what: 'workers that nobody leads',
    values: { settings: { CHURN_BATCH_ROLE: 'worker' } },
    says: 'every batch service is a worker, so nobody would start a run. Let one be coordinator or both.',
  },
  {
    what: 'ingestion without the lake',
    values: { services: { ingestion: { lake: false } } },
    says: 'services.ingestion.lake: false, but ingestion works on the lake and does not start without.',
  },
  {
    what: 'chunks that the batch service refuses',
    values: { settings: { CHURN_BATCH_CHUNK_ROWS: '0' } },
    says: "CHURN_BATCH_CHUNK_ROWS': '0' does not match pattern",
  },
];

/** Values that are fine each, and not together. */
export const CONTRADICTING = [...BOUNDS, ...TOGETHER];
