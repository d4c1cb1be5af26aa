/** Values that render nonsense, or nothing that a cluster would take, and what helm says to them. */
interface ValueMistake {
  what: string;
  values: object;
  says: string | RegExp;
}

const inference = (values: object) => ({ services: { inference: values } });
const batch = (values: object) => ({ services: { batch: values } });
const further = (name: string) => ({
  services: {
    [name]: {
      port: 9000,
      lake: false,
      replicas: 1,
      scratch: '1Gi',
      autoscaling: { type: 'none' },
      resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '1Mi' } },
    },
  },
});

const SHAPES: ValueMistake[] = [
  {
    what: 'a name that there is not',
    values: { replicaCount: 3 },
    says: "additional properties 'replicaCount' not allowed",
  },
  {
    what: 'a scaler of a kind that there is not',
    values: inference({ autoscaling: { type: 'vpa' } }),
    says: /autoscaling\/type': value must be one of/,
  },
  {
    what: 'a scaler without bounds',
    values: batch({ autoscaling: { type: 'hpa' } }),
    says: "missing properties 'min', 'max', 'cpu', 'behavior'",
  },
  {
    what: 'no query for KEDA',
    values: batch({ autoscaling: { type: 'keda', min: 0, max: 1 } }),
    says: "missing properties 'query', 'target'",
  },
  {
    what: 'a secret without DATABASE_URL',
    values: { secret: { settings: ['FEATURE_REDIS_URL', 'QUEUE_REDIS_URL'] } },
    says: /\/secret\/settings': no items match contains schema\n.*value must be 'DATABASE_URL'/,
  },
  {
    what: 'a misspelt secret',
    values: { secret: { settings: ['DATABASE_URL', 'REDIS_URL', 'CRM_URL'] } },
    says: /\/secret\/settings\/2': value must be one of/,
  },
  {
    what: 'an Ingress without a host',
    values: { ingress: { enabled: true } },
    says: "at '/ingress/hosts': minProperties: got 0, want 1",
  },
  {
    what: 'a Gateway without a parent',
    values: { gateway: { enabled: true } },
    says: "at '/gateway/parentRefs': minItems: got 0, want 1",
  },
  {
    what: 'a size that is no quantity',
    values: { lake: { size: 'huge' } },
    says: "at '/lake/size': 'huge' does not match pattern",
  },
  {
    what: 'a tag with a space',
    values: { image: { tag: '0.1 0' } },
    says: "at '/image/tag': '0.1 0' does not match pattern",
  },
  {
    what: 'a service left out',
    values: { services: { control: null } },
    says: "at '/services': missing property 'control'",
  },
];

const SETTINGS: ValueMistake[] = [
  {
    what: 'a misspelt setting',
    values: { settings: { CHURN_BATCH_CONCURENCY: '3' } },
    says: "at '/settings': additional properties 'CHURN_BATCH_CONCURENCY' not allowed",
  },
  {
    what: 'a misspelt setting of one service',
    values: batch({ settings: { LOG_LEVL: 'debug' } }),
    says: "at '/services/batch/settings': additional properties 'LOG_LEVL' not allowed",
  },
  {
    what: 'a setting that the chart gives itself',
    values: { settings: { CHURN_AUTH: 'off' } },
    says: "'CHURN_AUTH' not allowed",
  },
  {
    what: 'a role that there is not',
    values: { settings: { CHURN_BATCH_ROLE: 'workers' } },
    says: "CHURN_BATCH_ROLE': value must be one of 'both', 'coordinator', 'worker'",
  },
  {
    what: 'too many chunks at once',
    values: { settings: { CHURN_BATCH_CONCURRENCY: '17' } },
    says: "CHURN_BATCH_CONCURRENCY': '17' does not match pattern",
  },
];

const NAMES: ValueMistake[] = [
  {
    what: 'an Ingress to a service that there is not',
    values: { ingress: { hosts: { inferense: 'p.example.com' } } },
    says: 'ingress.hosts.inferense: there is no service inferense to publish as p.example.com. There are: batch, control, inference, ingestion, monitoring, training.',
  },
  {
    what: 'a route to a service that there is not',
    values: { gateway: { hosts: { scoring: 'p.example.com' } } },
    says: 'gateway.hosts.scoring: there is no service scoring to publish as p.example.com.',
  },
  {
    what: 'a host that is none',
    values: { ingress: { hosts: { inference: 'p_example' } } },
    says: "hosts/inference': 'p_example' does not match pattern",
  },
  {
    what: 'a Deployment whose name Kubernetes does not allow',
    values: inference({ names: { deployment: 'Churn_API' } }),
    says: "names/deployment': 'Churn_API' does not match pattern",
  },
  {
    what: 'a Service whose name begins with a digit',
    values: inference({ names: { service: '1api' } }),
    says: "names/service': '1api' does not match pattern",
  },
  {
    what: 'a Service whose name has 64 characters',
    values: inference({ names: { service: 'a'.repeat(64) } }),
    says: 'maxLength: got 64, want 63',
  },
  {
    what: 'a service with the name of an object of the chart',
    values: further('migrate'),
    says: 'services.migrate: the chart has an object of this name already. Rename it.',
  },
  {
    what: 'a service whose name Kubernetes does not allow',
    values: further('Batch_2'),
    says: "services.Batch_2: a service's name has lower case letters, digits and -, and begins with a letter. Rename it.",
  },
];

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
    says: 'services.batch and services.control both give a deployment x. Give one another names.deployment.',
  },
  {
    what: 'a name that another service has by itself',
    values: batch({ names: { service: 'churn-control' } }),
    says: 'services.batch and services.control both give a service churn-control.',
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

export const VALUE_MISTAKES = [...SHAPES, ...SETTINGS, ...NAMES, ...BOUNDS, ...TOGETHER];
