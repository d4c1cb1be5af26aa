import type { Autoscaler } from './controller.ts';

/** The autoscaler and the requests of inference in helm/churn/values.yaml; a test holds them equal. */
export const INFERENCE: Autoscaler = {
  min: 2,
  max: 10,
  targets: [
    { resource: 'cpu', percent: 70 },
    { resource: 'memory', percent: 80 },
  ],
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
  },
};
export const REQUEST = { cores: 0.5, memoryMiB: 768 };
