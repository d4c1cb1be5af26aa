import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { render } from './cluster.ts';

interface Rendered {
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: object;
}

/** Objects of a kind that the chart renders with `sets` over the values file `values`. */
async function rendered(kind: string, values: string | undefined, ...sets: string[]): Promise<Rendered[]> {
  const texts = await render(values, ...sets.flatMap((set) => ['--set', set]));
  return texts.map((text) => parse(text)).filter((object) => object.kind === kind);
}

const COMMON = {
  'app.kubernetes.io/name': 'churn',
  'app.kubernetes.io/instance': 'churn',
  'app.kubernetes.io/version': '0.1.0',
  'app.kubernetes.io/part-of': 'churn',
  'app.kubernetes.io/managed-by': 'Helm',
};
const KINDS = [
  'Ingress',
  'HTTPRoute',
  'ServiceMonitor',
  'PrometheusRule',
  'ScaledObject',
  'TriggerAuthentication',
];

test.each(KINDS)('%s is rendered only where somebody asks for it', async (kind) => {
  expect(await rendered(kind, undefined)).toEqual([]);
});

describe('publishing', () => {
  const hosts = [
    'ingress.enabled=true',
    'ingress.hosts.inference=p.example.com',
    'ingress.hosts.control=c.example.com',
  ];
  const rule = (host: string, name: string, number: number) => ({
    host,
    http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number } } } }] },
  });

  test('an Ingress has a rule a host, and no class or certificate that nobody named', async () => {
    expect(await rendered('Ingress', undefined, ...hosts)).toEqual([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'churn', labels: COMMON },
        spec: {
          rules: [
            rule('c.example.com', 'churn-control', 8080),
            rule('p.example.com', 'churn-inference', 8000),
          ],
        },
      },
    ]);
  });

  test('an Ingress has the class, the certificate and the annotations that the values name, and the names of the Services', async () => {
    const more = ['ingress.className=nginx', 'ingress.tlsSecret=tls', 'ingress.annotations.a=b'];
    const [ingress] = await rendered('Ingress', 'seed', ...hosts, ...more);
    expect(ingress?.metadata.annotations).toEqual({ a: 'b' });
    expect(ingress?.spec).toEqual({
      ingressClassName: 'nginx',
      tls: [{ secretName: 'tls', hosts: ['c.example.com', 'p.example.com'] }],
      rules: [
        rule('c.example.com', 'churn-control', 8080),
        rule('p.example.com', 'churn-prediction-service', 80),
      ],
    });
  });

  test('a route of the Gateway API has its parent, its host and its Service', async () => {
    const sets = [
      'gateway.enabled=true',
      'gateway.hosts.inference=p.example.com',
      'gateway.parentRefs[0].name=public',
    ];
    const [route, ...others] = await rendered('HTTPRoute', 'seed', ...sets);
    expect(others).toEqual([]);
    expect(route?.metadata.name).toBe('churn-inference');
    expect(route?.spec).toEqual({
      parentRefs: [{ name: 'public' }],
      hostnames: ['p.example.com'],
      rules: [{ backendRefs: [{ name: 'churn-prediction-service', port: 80 }] }],
    });
  });

  test.each([
    ['ingress.enabled=true,ingress.hosts.inference=p.example.com', 'http://p.example.com'],
    [
      'ingress.enabled=true,ingress.hosts.inference=p.example.com,ingress.tlsSecret=tls',
      'https://p.example.com',
    ],
    [
      'gateway.enabled=true,gateway.hosts.inference=g.example.com,gateway.parentRefs[0].name=x',
      'http://g.example.com',
    ],
    ['ingress.enabled=true,ingress.hosts.inference=*.example.com', 'http://churn-inference:8000'],
    [
      'ingress.enabled=true,ingress.hosts.inference=*.example.com,ingress.tlsSecret=tls',
      'http://churn-inference:8000',
    ],
    ['ingress.hosts.inference=p.example.com', 'http://churn-inference:8000'],
    ['services.control.settings.CHURN_INFERENCE_URL=https://mine', 'https://mine'],
  ])('with %s the page of control links %s', async (set, url) => {
    const deployments = await rendered('Deployment', undefined, set);
    const control = deployments.find(({ metadata }) => metadata.name === 'churn-control');
    expect(control).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ env: expect.arrayContaining([{ name: 'CHURN_INFERENCE_URL', value: url }]) }],
          },
        },
      },
    });
  });
});

describe('watching', () => {
  test('a ServiceMonitor scrapes /metrics of each Service under the job and the labels that the alerts look for', async () => {
    const sets = [
      'serviceMonitor.enabled=true',
      'serviceMonitor.labels.release=kps',
      'serviceMonitor.interval=30s',
    ];
    expect(await rendered('ServiceMonitor', undefined, ...sets)).toEqual([
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name: 'churn', labels: { ...COMMON, release: 'kps' } },
        spec: {
          jobLabel: 'app.kubernetes.io/name',
          selector: {
            matchLabels: { 'app.kubernetes.io/name': 'churn', 'app.kubernetes.io/instance': 'churn' },
          },
          endpoints: [{ port: 'http', path: '/metrics', honorLabels: true, interval: '30s' }],
        },
      },
    ]);
  });

  test("a PrometheusRule has the labels that the operator selects by, and the chart's rules", async () => {
    const sets = ['prometheusRule.enabled=true', 'prometheusRule.labels.release=kps'];
    const [rule] = await rendered('PrometheusRule', undefined, ...sets);
    expect(rule?.metadata).toEqual({ name: 'churn', labels: { ...COMMON, release: 'kps' } });
    expect(rule?.spec).toMatchObject({ groups: expect.arrayContaining([expect.anything()]) });
  });
});

test('KEDA asks Postgres, with the address of the Secret, and keeps the workers while it cannot', async () => {
  const [authentication] = await rendered('TriggerAuthentication', 'large');
  expect(authentication?.metadata.name).toBe('churn-batch-worker');
  expect(authentication?.spec).toEqual({
    secretTargetRef: [{ parameter: 'connection', name: 'churn', key: 'DATABASE_URL' }],
  });
  const [scaler] = await rendered('ScaledObject', 'large');
  expect(scaler?.spec).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'churn-batch-worker' },
    minReplicaCount: 0,
    maxReplicaCount: 12,
    pollingInterval: 15,
    cooldownPeriod: 120,
    fallback: { failureThreshold: 3, replicas: 1, behavior: 'currentReplicas' },
    triggers: [
      {
        type: 'postgresql',
        metadata: {
          query: expect.stringContaining('FROM batch_chunk'),
          targetQueryValue: '16',
          activationTargetQueryValue: '0',
        },
        authenticationRef: { name: 'churn-batch-worker' },
      },
    ],
  });
});

test('every pod, that of the migrations too, takes its image with the login that the values name', async () => {
  const sets = [
    'image.pullSecrets[0]=login',
    'image.registry=registry.example.com:5000/churn',
    'image.tag=1.2.3',
  ];
  const makers = [
    ...(await rendered('Deployment', undefined, ...sets)),
    ...(await rendered('Job', undefined, ...sets)),
  ];
  expect(makers).toHaveLength(7);
  for (const { spec } of makers)
    expect(spec).toMatchObject({
      template: {
        spec: {
          imagePullSecrets: [{ name: 'login' }],
          containers: [{ image: expect.stringMatching(/^registry\.example\.com:5000\/churn\/\w+:1\.2\.3$/) }],
        },
      },
    });
});

test('a claim that is there already is used, and none is made', async () => {
  const sets = ['lake.existingClaim=events'];
  expect(await rendered('PersistentVolumeClaim', undefined, ...sets)).toEqual([]);
  const texts = (await render(undefined, '--set', sets[0] ?? '')).join('');
  expect(texts.match(/claimName: \w+/g)).toEqual(Array(4).fill('claimName: events'));
});

test('callers of one service are not callers of the others', async () => {
  const sets = ['services.inference.clients[0].ipBlock.cidr=10.0.0.0/8'];
  const policies = await rendered('NetworkPolicy', undefined, ...sets);
  const open = policies.filter(({ spec }) => JSON.stringify(spec).includes('10.0.0.0/8'));
  expect(open.map(({ metadata }) => metadata.name)).toEqual(['churn-inference']);
});
