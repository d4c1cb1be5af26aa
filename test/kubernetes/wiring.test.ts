import { describe, expect, test } from '@jest/globals';
import { manifestsIn, PORTS, pods, selectorOf, specs } from './manifests.ts';

const ON_THE_LAKE = ['ingestion', 'batch', 'training', 'monitoring'];

/** Every variable of a service's container. */
const environment = (service: string, inference: string) => ({
  HOST: '0.0.0.0',
  PORT: String(PORTS[service]),
  CHURN_AUTH: 'on',
  DATABASE_URL_FILE: '/secrets/DATABASE_URL',
  FEATURE_REDIS_URL_FILE: '/secrets/FEATURE_REDIS_URL',
  QUEUE_REDIS_URL_FILE: '/secrets/QUEUE_REDIS_URL',
  LOG_LEVEL: 'info',
  CHURN_BATCH_SCHEDULE: '0 2 * * *',
  ...(ON_THE_LAKE.includes(service) && { LAKE_URL: 'file:///lake' }),
  ...(service === 'control' && {
    CHURN_INFERENCE_URL: inference,
    CHURN_INGESTION_URL: 'http://churn-ingestion:8001',
    CHURN_BATCH_URL: 'http://churn-batch:8002',
    CHURN_TRAINING_URL: 'http://churn-training:8003',
    CHURN_MONITORING_URL: 'http://churn-monitoring:8004',
  }),
});

const FILES = [
  {
    file: 'k8s/churn.yaml',
    inference: 'churn-inference',
    container: 'inference',
    service: { name: 'churn-inference', type: 'ClusterIP', port: 8000 },
  },
  {
    file: 'k8s/seed.yaml',
    inference: 'churn-prediction-api',
    container: 'api',
    service: { name: 'churn-prediction-service', type: 'LoadBalancer', port: 80 },
  },
];

describe.each(FILES)('$file', ({ file, inference, container, service }) => {
  const objects = manifestsIn(file);
  const deployments = specs(objects, 'Deployment');
  const all = pods(objects);
  const serving = all.filter(([name]) => name in deployments);
  const serviceOf = (name: string) => (name === inference ? 'inference' : name.replace('churn-', ''));

  test.each(serving)('%s has its name, its image, its port, its account and its settings', (name, pod) => {
    const served = serviceOf(name);
    const [only] = pod.containers;
    expect(only).toMatchObject({
      name: served === 'inference' ? container : served,
      image: `churn/${served}:0.1.0`,
      imagePullPolicy: 'IfNotPresent',
      ports: [{ name: 'http', containerPort: PORTS[served] }],
    });
    const variables = only.env.map(({ name, value }) => [name, value]);
    const url = `http://${service.name}:${service.port}`;
    expect(Object.fromEntries(variables)).toEqual(environment(served, url));
    expect(variables).toHaveLength(Object.keys(environment(served, url)).length);
    expect(pod.serviceAccountName).toBe(`churn-${served}`);
    expect(pod.imagePullSecrets).toBeUndefined();
  });

  test.each(serving)('%s has the volume that its Deployment mounts', (name, pod) => {
    const lake = { name: 'lake', persistentVolumeClaim: { claimName: 'churn-lake' } };
    const volumes = ON_THE_LAKE.includes(serviceOf(name)) ? ['tmp', 'secrets', 'lake'] : ['tmp', 'secrets'];
    expect(pod.volumes.map(({ name }) => name)).toEqual(volumes);
    expect(pod.volumes.find(({ name }) => name === 'lake')).toEqual(
      volumes.includes('lake') ? lake : undefined,
    );
  });

  test('the migrations have the address of the database and nothing else', () => {
    const [, pod] = all.find(([name]) => name.startsWith('churn-migrate-')) ?? [];
    expect(pod?.containers[0]).toMatchObject({
      image: 'churn/control:0.1.0',
      command: ['node', 'services/control/migrate.ts'],
      env: [{ name: 'DATABASE_URL_FILE', value: '/secrets/DATABASE_URL' }],
    });
    expect(pod?.volumes).toEqual([
      {
        name: 'secrets',
        secret: {
          secretName: 'churn',
          defaultMode: 440,
          items: [{ key: 'DATABASE_URL', path: 'DATABASE_URL' }],
        },
      },
    ]);
    expect(pod?.restartPolicy).toBe('Never');
    expect(pod?.serviceAccountName).toBeUndefined();
  });

  test('the lake is claimed once, for several nodes, and kept when the release goes', () => {
    const [claim] = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expect(claim?.metadata).toMatchObject({
      name: 'churn-lake',
      annotations: { 'helm.sh/resource-policy': 'keep' },
    });
    expect(claim?.spec).toEqual({
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '50Gi' } },
    });
  });

  test('each Service sends what comes to it to the pods of its Deployment, and Prometheus finds its port by name', () => {
    const expected = Object.entries(PORTS).map(([name, port]) => {
      const own = name === 'inference' ? service : { name: `churn-${name}`, type: 'ClusterIP', port };
      const ports = [{ name: 'http', port: own.port, targetPort: port, protocol: 'TCP' }];
      return [own.name, { type: own.type, selector: selectorOf(name), ports }];
    });
    expect(specs(objects, 'Service')).toEqual(Object.fromEntries(expected));
    for (const [name, spec] of Object.entries(deployments))
      expect(spec?.template?.metadata).toMatchObject({
        labels: { 'app.kubernetes.io/name': 'churn', 'app.kubernetes.io/component': serviceOf(name) },
      });
  });
});
