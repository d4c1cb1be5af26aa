import { batch, inference, type ValueMistake } from './value-mistake.ts';

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
    what: 'an address for a host',
    values: { ingress: { hosts: { inference: '10.0.0.1' } } },
    says: 'ingress.hosts.inference: 10.0.0.1 is an address, and only names are published. Give it a name.',
  },
  {
    what: 'a Secret whose name Kubernetes does not allow',
    values: { secret: { name: 'Bad_Name' } },
    says: "at '/secret/name': 'Bad_Name' does not match pattern",
  },
  {
    what: 'a claim whose name Kubernetes does not allow',
    values: { lake: { existingClaim: 'Bad_Name' } },
    says: "at '/lake/existingClaim': 'Bad_Name' does not match pattern",
  },
  {
    what: 'a login whose name Kubernetes does not allow',
    values: { image: { pullSecrets: ['Bad_Name'] } },
    says: "at '/image/pullSecrets/0': 'Bad_Name' does not match pattern",
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

/** Names of settings, services, hosts and objects that there are not, or cannot be. */
export const MISNAMED = [...SETTINGS, ...NAMES];
