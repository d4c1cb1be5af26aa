/** One change to one rendered object, and what the API server says to it: that, and not any refusal, is what a test wants to see. */
interface Mistake {
  what: string;
  /** A values file of the chart; default none. */
  values?: string;
  kind: string;
  name: string;
  from: string | RegExp;
  to: string;
  says: RegExp;
}

const deployment = { kind: 'Deployment', name: 'churn-inference' };
const scaler = { kind: 'HorizontalPodAutoscaler', name: 'churn-inference' };

export const MISTAKES: Mistake[] = [
  {
    ...deployment,
    what: 'a misspelt field',
    from: 'resources:',
    to: 'resorces:',
    says: /unknown field.*resorces/,
  },
  {
    kind: 'Deployment',
    name: 'churn-control',
    what: 'a number in words',
    from: 'replicas: 2',
    to: 'replicas: two',
    says: /cannot unmarshal string .*spec\.replicas of type int32/,
  },
  {
    ...deployment,
    what: 'a label with a space',
    from: 'app.kubernetes.io/part-of: churn',
    to: 'app.kubernetes.io/part-of: churn platform',
    says: /a valid label must be/,
  },
  {
    ...deployment,
    what: 'a selector that misses its own pods',
    from: /matchLabels:\n {6}app/,
    to: 'matchLabels:\n      tier: web\n      app',
    says: /selector.*does not match template/s,
  },
  {
    ...deployment,
    what: 'a request above its limit',
    from: 'memory: 768Mi',
    to: 'memory: 9Gi',
    says: /must be less than or equal to memory limit/,
  },
  {
    ...deployment,
    what: 'a quantity that is none',
    from: 'cpu: 500m',
    to: 'cpu: half',
    says: /quantities must match the regular expression/,
  },
  {
    ...deployment,
    what: 'a port that no host has',
    from: 'containerPort: 8000',
    to: 'containerPort: 80000',
    says: /between 1 and 65535/,
  },
  {
    ...deployment,
    what: 'a probe with two handlers',
    from: 'httpGet: { path: /health/ready, port: http }',
    to: 'httpGet: { path: /health/ready, port: http }\n            tcpSocket: { port: 8000 }',
    says: /may not specify more than 1 handler/,
  },
  {
    ...deployment,
    what: 'a mount of a volume that is not there',
    from: '{ name: tmp, mountPath: /tmp }',
    to: '{ name: temp, mountPath: /tmp }',
    says: /volumeMounts.*Not found: "temp"/s,
  },
  {
    ...deployment,
    what: 'a preStop pause longer than the grace period',
    from: 'seconds: 10',
    to: 'seconds: 60',
    says: /sleep.*less than terminationGracePeriodSeconds/,
  },
  {
    ...deployment,
    what: 'a spread of nothing',
    from: 'maxSkew: 1',
    to: 'maxSkew: 0',
    says: /maxSkew.*must be greater than zero/,
  },
  {
    ...deployment,
    what: 'a seccomp profile that there is not',
    from: 'type: RuntimeDefault',
    to: 'type: Runtime',
    says: /seccompProfile\.type: Unsupported value: "Runtime"/,
  },
  {
    ...deployment,
    what: 'an unknown pull policy',
    from: 'imagePullPolicy: IfNotPresent',
    to: 'imagePullPolicy: Sometimes',
    says: /imagePullPolicy.*Unsupported value/,
  },
  {
    ...deployment,
    what: 'a user below zero',
    from: 'runAsUser: 10001',
    to: 'runAsUser: -1',
    says: /runAsUser: Invalid value: -1: must be between 0/,
  },
  {
    ...deployment,
    what: 'a rolling update that can never move',
    from: 'maxSurge: 1',
    to: 'maxSurge: 0',
    says: /may not be 0 when `maxSurge` is 0/,
  },
  {
    ...scaler,
    what: 'fewest pods above most',
    from: 'minReplicas: 2',
    to: 'minReplicas: 20',
    says: /maxReplicas.*must be greater than or equal to `minReplicas`/,
  },
  {
    ...scaler,
    what: 'a target of nothing',
    from: 'averageUtilization: 70',
    to: 'averageUtilization: 0',
    says: /averageUtilization: Invalid value: 0: must be greater than 0/,
  },
  {
    ...scaler,
    what: 'a window longer than an hour',
    from: 'stabilizationWindowSeconds: 300',
    to: 'stabilizationWindowSeconds: 4000',
    says: /stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600/,
  },
  {
    kind: 'PodDisruptionBudget',
    name: 'churn-inference',
    what: 'a budget with both bounds',
    from: 'maxUnavailable: 1',
    to: 'maxUnavailable: 1\n  minAvailable: 1',
    says: /minAvailable and maxUnavailable cannot be both set/,
  },
  {
    kind: 'NetworkPolicy',
    name: 'churn-inference',
    what: 'a protocol of another layer',
    from: 'protocol: TCP, port: 8000',
    to: 'protocol: HTTP, port: 8000',
    says: /protocol.*Unsupported value/,
  },
  {
    kind: 'PersistentVolumeClaim',
    name: 'churn-lake',
    what: 'an access mode that there is not',
    from: 'ReadWriteMany',
    to: 'ReadWriteAll',
    says: /accessModes.*Unsupported value/,
  },
  {
    kind: 'Service',
    name: 'churn-inference',
    what: 'a misspelt type of Service',
    from: 'type: ClusterIP',
    to: 'type: Clusterip',
    says: /type.*Unsupported value/,
  },
  {
    kind: 'Ingress',
    name: 'churn',
    what: 'a path type that there is not',
    from: 'pathType: Prefix',
    to: 'pathType: Begins',
    says: /pathType.*Unsupported value/,
  },
  {
    kind: 'Job',
    name: 'churn-migrate-[0-9a-f]{8}',
    what: 'a job that always starts again',
    from: 'restartPolicy: Never',
    to: 'restartPolicy: Always',
    says: /restartPolicy.*valid values/,
  },
  {
    kind: 'ScaledObject',
    name: 'churn-batch-worker',
    values: 'large',
    what: 'a KEDA bound in words',
    from: 'minReplicaCount: 0',
    to: 'minReplicaCount: none',
    says: /minReplicaCount in body must be of type integer/,
  },
  {
    kind: 'ScaledObject',
    name: 'churn-batch-worker',
    values: 'large',
    what: 'a KEDA trigger without its settings',
    from: 'metadata:\n        query',
    to: 'metadat:\n        query',
    says: /unknown field.*metadat/,
  },
  {
    kind: 'PrometheusRule',
    name: 'churn',
    values: 'small',
    what: 'a duration that is none',
    from: 'for: 5m',
    to: 'for: soon',
    says: /rules\[0\]\.for in body should match/,
  },
  {
    kind: 'HTTPRoute',
    name: 'churn-inference',
    what: 'a route to a port that no host has',
    from: 'port: 8000',
    to: 'port: 80000',
    says: /backendRefs\[0\]\.port in body should be less than or equal to 65535/,
  },
];
