/**
 * The HorizontalPodAutoscaler of autoscaling/v2 as it is documented (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/):
 * ratio of metric to target, tolerance, pods that are not ready or have no metric yet, the highest of several metrics, stabilisation, policies; and,
 * where the documentation is silent, as pkg/controller/podautoscaler does it: utilisation is cut to whole percent, the size at the first look is
 * the first recommendation, bounds go before metrics. A function of what it saw: no clock, no cluster.
 */
interface Policy {
  type: 'Percent' | 'Pods';
  value: number;
  periodSeconds: number;
}

/** Mean utilisation that is aimed at, in percent of the request. */
interface Target {
  resource: 'cpu' | 'memory';
  percent: number;
}

interface Direction {
  stabilizationWindowSeconds: number;
  policies: readonly Policy[];
}

export interface Autoscaler {
  min: number;
  max: number;
  targets: readonly Target[];
  scaleUp: Direction;
  scaleDown: Direction;
}

/** Share of the target within which nothing moves. */
const TOLERANCE = 0.1;
/** Percent of its request that a pod without a metric is taken to use when fewer pods are in question. */
const MISSING_PERCENT = 100;

export interface PodSample {
  /** Not started yet. */
  pending: boolean;
  /** Started and ready for as long as a metric looks back. */
  ready: boolean;
  /** Percent of the request, one a metric; null: none has been taken yet. */
  utilization: readonly (number | null)[];
}

interface Moment {
  at: number;
  value: number;
}

export interface Memory {
  /** What was wanted at each look; at the first one, the size that it met. */
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
  const first = memory.recommendations.length === 0;
  const seen = first ? [{ at, value: pods.length }] : memory.recommendations;
  const wanted = recommendation(hpa, pods);
  const longest = Math.max(hpa.scaleUp.stabilizationWindowSeconds, hpa.scaleDown.stabilizationWindowSeconds);
  const recommendations =
    wanted === null ? seen : [...seen.filter((one) => one.at > at - longest), { at, value: wanted }];
  const replicas = clamp(
    wanted === null
      ? pods.length
      : withinPolicies(hpa, stabilised(hpa, seen, wanted, pods.length, at), pods.length, at, memory.changes),
    hpa.min,
    hpa.max,
  );
  const change = { at, value: replicas - pods.length };
  return {
    replicas,
    memory: {
      recommendations,
      changes: change.value === 0 ? memory.changes : [...memory.changes, change],
    },
  };
}

/** The highest that a metric wants. null: beyond the bounds, which need no metric; or nothing is known, or not enough to go down on. */
function recommendation(hpa: Autoscaler, pods: readonly PodSample[]): number | null {
  if (clamp(pods.length, hpa.min, hpa.max) !== pods.length) return null;
  const proposals = hpa.targets.map((target, metric) => proposal(pods, target, metric));
  const known = proposals.filter((replicas) => replicas !== null);
  const highest = Math.max(...known);
  if (known.length === 0 || (known.length < proposals.length && highest < pods.length)) return null;
  return clamp(highest, hpa.min, hpa.max);
}

/**
 * Pods that are not ready are left out of the mean, and so are those without a metric; then a rise takes both for idle, so that a start-up is not
 * answered by more start-ups, and a fall takes those without a metric for fully used. null: no ready pod has a metric. That a pod is not ready
 * counts for CPU only, which a start takes much of.
 */
function proposal(pods: readonly PodSample[], { resource, percent }: Target, metric: number): number | null {
  const running = pods.filter(({ pending }) => !pending);
  const missing = running.filter(({ utilization }) => typeof utilization[metric] !== 'number').length;
  const counted = running.filter(({ ready }) => ready || resource === 'memory');
  const values = counted.flatMap(({ utilization }) => utilization[metric] ?? []);
  if (values.length === 0) return null;
  const ratio = wholePercent(values) / percent;
  const ignored = pods.length - values.length - missing;
  if (missing === 0 && (ignored === 0 || ratio <= 1))
    return withinTolerance(ratio) ? pods.length : Math.ceil(ratio * values.length);
  const filled = [
    ...values,
    ...Array.from({ length: missing }, () => (ratio < 1 ? MISSING_PERCENT : 0)),
    ...Array.from({ length: ratio > 1 ? ignored : 0 }, () => 0),
  ];
  const cautious = wholePercent(filled) / percent;
  if (withinTolerance(cautious) || cautious < 1 !== ratio < 1) return pods.length;
  const replicas = Math.ceil(cautious * filled.length);
  return replicas > pods.length === cautious > 1 ? replicas : pods.length;
}

const withinTolerance = (ratio: number) => ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE;
/** Of all pods together, as an integer: 77.9 is 77, which is within a tenth of 70. */
const wholePercent = (values: readonly number[]) =>
  Math.trunc(values.reduce((sum, value) => sum + value, 0) / values.length);
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Down only as far as the highest recommendation of its window, up only as far as the lowest of its own. */
function stabilised(
  hpa: Autoscaler,
  seen: readonly Moment[],
  wanted: number,
  current: number,
  at: number,
): number {
  const within = (seconds: number) => seen.filter((one) => one.at > at - seconds).map(({ value }) => value);
  const up = Math.min(wanted, ...within(hpa.scaleUp.stabilizationWindowSeconds));
  const down = Math.max(wanted, ...within(hpa.scaleDown.stabilizationWindowSeconds));
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
    // How many there were when the period began, whatever went up and down since.
    const recent = changes.filter((change) => change.at > at - periodSeconds);
    const before = current - recent.reduce((sum, change) => sum + change.value, 0);
    const sign = up ? 1 : -1;
    return type === 'Pods' ? before + sign * value : bound(before * (1 + (sign * value) / 100), up);
  });
  return up ? Math.min(wanted, Math.max(current, ...bounds)) : Math.max(wanted, Math.min(current, ...bounds));
}

const bound = (value: number, up: boolean) => (up ? Math.ceil(value - 1e-9) : Math.floor(value + 1e-9));
