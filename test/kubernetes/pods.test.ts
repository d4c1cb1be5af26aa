import { describe, expect, test } from '@jest/globals';
import { manifestsIn, pods, specs } from './manifests.ts';

/** Requests and limits of each Deployment; the seed names and sizes inference in its own way. */
const SIZES: Record<string, object> = {
  'churn-inference': { requests: { cpu: '500m', memory: '768Mi' }, limits: { memory: '1536Mi' } },
  'churn-prediction-api': { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '2', memory: '4Gi' } },
  'churn-ingestion': { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '3Gi' } },
  'churn-batch': { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '4Gi' } },
  'churn-training': { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '8Gi' } },
  'churn-monitoring': { requests: { cpu: '200m', memory: '384Mi' }, limits: { memory: '2Gi' } },
  'churn-control': { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '512Mi' } },
};
const MIGRATION = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } };

const FILES = [
  { file: 'k8s/churn.yaml', inference: 'churn-inference', labels: {} },
  { file: 'k8s/seed.yaml', inference: 'churn-prediction-api', labels: { app: 'churn-prediction' } },
];

describe.each(FILES)('$file', ({ file, inference, labels }) => {
  const objects = manifestsIn(file);
  const all = pods(objects);
  const deployments = specs(objects, 'Deployment');
  const others = Object.keys(SIZES).filter((name) => !/inference|prediction/.test(name));
  const names = [inference, ...others].sort();
  const serving = all.filter(([name]) => name in deployments);
  const job = /^churn-migrate-[0-9a-f]{8}$/;

  test('has a Deployment of each service and the job of the migrations', () => {
    expect(Object.keys(deployments).sort()).toEqual(names);
    expect(all.map(([name]) => name).filter((name) => !names.includes(name))).toEqual([
      expect.stringMatching(job),
    ]);
  });

  test.each(all)(
    '%s runs as nobody in particular, without a token or variables of its neighbours',
    (_, pod) => {
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(pod.securityContext).toEqual({
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      });
    },
  );

  test.each(all)('%s has a root that it cannot write and no capability', (_, pod) => {
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test.each(all)('%s reads its secrets and cannot change them, and writes to a bounded /tmp', (name, pod) => {
    const secret = pod.volumes.find(({ name }) => name === 'secrets');
    // 0440: octal in the YAML 1.1 that Kubernetes reads, decimal in the 1.2 that is read here.
    expect(secret).toMatchObject({ secret: { secretName: expect.any(String), defaultMode: 440 } });
    const lake = /ingestion|batch|training|monitoring/.test(name);
    expect(pod.containers[0].volumeMounts).toEqual([
      ...(job.test(name) ? [] : [{ name: 'tmp', mountPath: '/tmp' }]),
      { name: 'secrets', mountPath: '/secrets', readOnly: true },
      ...(lake ? [{ name: 'lake', mountPath: '/lake' }] : []),
    ]);
    const tmp = pod.volumes.filter(({ name }) => name === 'tmp');
    expect(tmp).toEqual(
      job.test(name) ? [] : [{ name: 'tmp', emptyDir: { sizeLimit: expect.stringMatching(/^\d+[MG]i$/) } }],
    );
  });

  test('the migrations run before all else, a bounded time', () => {
    const [migrate] = objects.filter(({ kind }) => kind === 'Job');
    expect(migrate?.metadata.annotations).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
    expect(migrate?.spec).toMatchObject({
      backoffLimit: 3,
      activeDeadlineSeconds: 1800,
      ttlSecondsAfterFinished: 86_400,
    });
    const policy = objects.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && /migrate/.test(metadata.name),
    );
    expect(policy?.metadata.annotations).toMatchObject({ 'helm.sh/hook-weight': '-5' });
  });

  test.each(all)('%s has its requests and limits', (name, pod) => {
    expect(pod.containers[0].resources).toEqual(SIZES[name] ?? (job.test(name) ? MIGRATION : 'none'));
  });

  test.each(serving)('%s is asked whether it has started, lives and is ready', (_, pod) => {
    expect(pod.containers[0]).toMatchObject({
      startupProbe: {
        httpGet: { path: '/health/live', port: 'http' },
        periodSeconds: 2,
        failureThreshold: 60,
      },
      livenessProbe: {
        httpGet: { path: '/health/live', port: 'http' },
        periodSeconds: 10,
        timeoutSeconds: 5,
      },
      readinessProbe: {
        httpGet: { path: '/health/ready', port: 'http' },
        periodSeconds: 5,
        timeoutSeconds: 5,
      },
    });
  });

  test.each(serving)(
    '%s pauses before it ends, and may take as long as its pause and its service need',
    (_, pod) => {
      expect(pod.containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 10 } } });
      expect(pod.terminationGracePeriodSeconds).toBe(10 + 10 + 5);
    },
  );

  test.each(serving)('%s is spread over zones and nodes', (name, pod) => {
    const labelSelector = deployments[name]?.selector;
    const spread = { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector };
    expect(pod.topologySpreadConstraints).toEqual([
      { ...spread, topologyKey: 'topology.kubernetes.io/zone' },
      { ...spread, topologyKey: 'kubernetes.io/hostname' },
    ]);
  });

  test.each(Object.entries(deployments))('%s has a new pod ready before an old one goes', (_, spec) => {
    expect(spec?.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  test('pods carry the labels that the values add', () => {
    expect(deployments[inference]).toMatchObject({ template: { metadata: { labels } } });
  });
});
