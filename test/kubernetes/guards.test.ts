import { describe, expect, test } from '@jest/globals';
import { manifestsIn, PORTS, selectorOf, specs } from './manifests.ts';

const NEIGHBOURS = { podSelector: {} };
const ANYONE = { ipBlock: { cidr: '0.0.0.0/0' } };
const PROMETHEUS = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } };
const EGRESS = [
  {
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  },
  {
    ports: [
      { protocol: 'TCP', port: 5432 },
      { protocol: 'TCP', port: 6379 },
    ],
  },
];
const utilization = (name: string, averageUtilization: number) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization } },
});
const SLOWLY_DOWN = {
  stabilizationWindowSeconds: 300,
  policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
};
const selector = (service: string) => ({ matchLabels: selectorOf(service) });

const FILES = [
  { file: 'k8s/churn.yaml', callers: [], api: 'churn-inference', scaler: 'churn-inference' },
  {
    file: 'k8s/seed.yaml',
    callers: [ANYONE],
    api: 'churn-prediction-api',
    scaler: 'churn-prediction-hpa',
  },
];

describe.each(FILES)('$file', ({ file, callers, api, scaler }) => {
  const objects = manifestsIn(file);

  test('refuses what no network policy names, and names callers, Prometheus, DNS, Postgres and Redis', () => {
    const services = Object.entries(PORTS).map(([name, port]) => [
      `churn-${name}`,
      {
        podSelector: selector(name),
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [NEIGHBOURS, ...(name === 'inference' ? callers : []), PROMETHEUS],
            ports: [{ protocol: 'TCP', port }],
          },
        ],
        egress: EGRESS,
      },
    ]);
    expect(specs(objects, 'NetworkPolicy')).toEqual({
      'churn-deny': {
        podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'churn' } },
        policyTypes: ['Ingress', 'Egress'],
      },
      'churn-migrate': {
        podSelector: {
          matchLabels: { 'app.kubernetes.io/instance': 'churn', 'app.kubernetes.io/component': 'migrate' },
        },
        policyTypes: ['Ingress', 'Egress'],
        egress: EGRESS,
      },
      ...Object.fromEntries(services),
    });
  });

  test('lets a drain take one pod at a time of what has several', () => {
    const budgets = ['inference', 'ingestion', 'batch', 'control'].map((name) => [
      `churn-${name}`,
      { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: selector(name) },
    ]);
    expect(specs(objects, 'PodDisruptionBudget')).toEqual(Object.fromEntries(budgets));
  });

  test('scales inference from 2 to 10 by 70% CPU and 80% memory, and ingestion from 2 to 6 by CPU: up at once, down slowly', () => {
    const target = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name });
    expect(specs(objects, 'HorizontalPodAutoscaler')).toEqual({
      [scaler]: {
        scaleTargetRef: target(api),
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [utilization('cpu', 70), utilization('memory', 80)],
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            selectPolicy: 'Max',
            policies: [
              { type: 'Percent', value: 100, periodSeconds: 15 },
              { type: 'Pods', value: 4, periodSeconds: 15 },
            ],
          },
          scaleDown: SLOWLY_DOWN,
        },
      },
      'churn-ingestion': {
        scaleTargetRef: target('churn-ingestion'),
        minReplicas: 2,
        maxReplicas: 6,
        metrics: [utilization('cpu', 70)],
        behavior: { scaleDown: SLOWLY_DOWN },
      },
    });
  });

  test('leaves the number of pods to the scaler where there is one', () => {
    const replicas = Object.entries(specs(objects, 'Deployment')).map(([name, spec]) => [
      name,
      spec?.replicas,
    ]);
    expect(Object.fromEntries(replicas)).toEqual({
      [api]: undefined,
      'churn-ingestion': undefined,
      'churn-batch': 2,
      'churn-control': 2,
      'churn-monitoring': 1,
      'churn-training': 1,
    });
  });
});
