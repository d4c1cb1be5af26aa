/**
 * The HorizontalPodAutoscaler of autoscaling/v2 as it is documented (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/):
 * ratio of metric to target, tolerance, pods that are not ready, the highest of several metrics, stabilisation, policies. A function of what
 * it saw: no clock, no cluster.
 */
interface Policy {
  type: 'Percent' | 'Pods';
  value: number;
  periodSeconds: number;
}

interface Direction {
  stabilizationWindowSeconds: number;
  policies: readonly Policy[];
}

export interface Autoscaler {
  min: number;
  max: number;
  /** Target utilisation of each metric, in percent of the request. */
  targets: readonly number[];
  scaleUp: Direction;
  scaleDown: Direction;
}

/** Share of the target within which nothing moves. */
const TOLERANCE = 0.1;

export interface PodSample {
  ready: boolean;
  /** Percent of the request, one a metric. */
  utilization: readonly number[];
}

interface Moment {
  at: number;
  value: number;
}

export interface Memory {
  recommendations: readonly Moment[];
  /** Pods added (positive) or removed (negative), and when. */
  changes: readonly Moment[];
}
export const NOTHING_SEEN: Memory = { recommendations: [], changes: [] };

/** One look at `at` seconds: how many pods there should be, and what to remember. */
export function look(
  hpa: Autoscaler,
  pods: readonly PodSample[],
  at: number,
  memory: Memory,
): { replicas: number; memory: Memory } {
  const proposals = hpa.targets.map((target, metric) => proposal(pods, target, metric));
  const wanted = clamp(Math.max(...proposals), hpa.min, hpa.max);
  const longest = Math.max(hpa.scaleUp.stabilizationWindowSeconds, hpa.scaleDown.stabilizationWindowSeconds);
  const recommendations = [...memory.recommendations, { at, value: wanted }].filter(
    (seen) => seen.at > at - longest || seen.at === at,
  );
  const stable = stabilised(hpa, recommendations, pods.length, at);
  const replicas = clamp(withinPolicies(hpa, stable, pods.length, at, memory.changes), hpa.min, hpa.max);
  const change = replicas - pods.length;
  return {
    replicas,
    memory: {
      recommendations,
      changes: change === 0 ? memory.changes : [...memory.changes, { at, value: change }],
    },
  };
}

/** Pods that are not ready are left out of the mean; a rise counts them as idle, so that a start-up is not answered by more start-ups. */
function proposal(pods: readonly PodSample[], target: number, metric: number): number {
  const ready = pods.filter((pod) => pod.ready).map((pod) => pod.utilization[metric] ?? 0);
  if (ready.length === 0) return pods.length;
  const ratio = mean(ready) / target;
  if (ready.length === pods.length)
    return withinTolerance(ratio) ? pods.length : Math.ceil(ratio * pods.length - 1e-9);
  if (ratio < 1) return withinTolerance(ratio) ? pods.length : Math.ceil(ratio * ready.length - 1e-9);
  const cautious = (mean(ready) * ready.length) / pods.length / target;
  if (withinTolerance(cautious) || cautious < 1) return pods.length;
  return Math.ceil(cautious * pods.length - 1e-9);
}

const withinTolerance = (ratio: number) => Math.abs(ratio - 1) <= TOLERANCE + 1e-9;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Down only as far as the highest recommendation of its window, up only as far as the lowest of its own. */
function stabilised(hpa: Autoscaler, seen: readonly Moment[], current: number, at: number): number {
  const within = (seconds: number) =>
    seen.filter((one) => one.at > at - seconds || one.at === at).map(({ value }) => value);
  const up = Math.min(...within(hpa.scaleUp.stabilizationWindowSeconds));
  const down = Math.max(...within(hpa.scaleDown.stabilizationWindowSeconds));
  return clamp(current, up, Math.max(up, down));
}

/** The policy that allows most counts; each bounds the change within its period. */
function withinPolicies(
  hpa: Autoscaler,
  wanted: number,
  current: number,
  at: number,
  changes: readonly Moment[],
): number {
  if (wanted === current) return current;
  const up = wanted > current;
  const bounds = (up ? hpa.scaleUp : hpa.scaleDown).policies.map(({ type, value, periodSeconds }) => {
    const recent = changes.filter((change) => change.at > at - periodSeconds && change.value > 0 === up);
    const before = current - recent.reduce((sum, change) => sum + change.value, 0);
    const sign = up ? 1 : -1;
    return type === 'Pods' ? before + sign * value : bound(before * (1 + (sign * value) / 100), up);
  });
  return up ? Math.min(wanted, Math.max(current, ...bounds)) : Math.max(wanted, Math.min(current, ...bounds));
}

const bound = (value: number, up: boolean) => (up ? Math.ceil(value - 1e-9) : Math.floor(value + 1e-9));
