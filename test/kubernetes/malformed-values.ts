import { batch, inference, type ValueMistake } from './value-mistake.ts';

/** Refused by the schema, each value by itself. */
export const MALFORMED: ValueMistake[] = [
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
    what: 'a lake of five thousandths of a byte',
    values: { lake: { size: '5m' } },
    says: "at '/lake/size': '5m' does not match pattern",
  },
  {
    what: 'no memory',
    values: batch({ resources: { requests: { memory: '0' } } }),
    says: "resources/requests/memory': '0' does not match pattern",
  },
  {
    what: 'cores in bytes',
    values: batch({ resources: { requests: { cpu: '1Gi' } } }),
    says: "resources/requests/cpu': '1Gi' does not match pattern",
  },
  {
    what: 'a misspelt rule of scaling',
    values: inference({ autoscaling: { behavior: { scaledown: {} } } }),
    says: "additional properties 'scaledown' not allowed",
  },
  {
    what: 'a policy of scaling without its period',
    values: inference({
      autoscaling: { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1 }] } } },
    }),
    says: "behavior/scaleUp/policies/0': missing property 'periodSeconds'",
  },
  {
    what: 'a scrape that never comes',
    values: { serviceMonitor: { interval: '0s' } },
    says: "at '/serviceMonitor/interval': '0s' does not match pattern",
  },
  {
    what: 'a registry with its scheme',
    values: { image: { registry: 'https://registry.example.com/churn' } },
    says: "at '/image/registry': 'https://registry.example.com/churn' does not match pattern",
  },
  {
    what: 'a registry that ends with a slash',
    values: { image: { registry: 'registry.example.com/churn/' } },
    says: "at '/image/registry': 'registry.example.com/churn/' does not match pattern",
  },
  {
    what: 'a tag with a space',
    values: { image: { tag: '0.1 0' } },
    says: "at '/image/tag': '0.1 0' does not match pattern",
  },
  {
    what: 'a list taken away',
    values: { networkPolicy: { monitoring: null } },
    says: "at '/networkPolicy': missing property 'monitoring'",
  },
  {
    what: 'a section taken away',
    values: { ingress: null },
    says: "missing property 'ingress'",
  },
  {
    what: 'a service left out',
    values: { services: { control: null } },
    says: "at '/services': missing property 'control'",
  },
];
