import { type Autoscaler, look, NOTHING_SEEN, type PodSample } from './controller.ts';

/** What one pod of a service was measured to need. */
export interface Curve {
  /** Cores at so many requests a second, ascending; straight lines between. */
  points: readonly { perSecond: number; cores: number }[];
  /** The most that one pod answers a second. */
  capacity: number;
  /** Resident memory of a busy pod, MiB. */
  memoryMiB: number;
  /** From the start of its container until it is ready. */
  readySeconds: number;
}

export interface Situation {
  hpa: Autoscaler;
  curve: Curve;
  request: { cores: number; memoryMiB: number };
  /** Requests a second at a second of the simulation. */
  load: (second: number) => number;
  seconds: number;
  /** From the scheduler to the container's start: the image, the volumes. */
  scheduleSeconds: number;
}

export interface Instant {
  second: number;
  perSecond: number;
  replicas: number;
  ready: number;
  /** Of CPU, percent of the request, mean over ready pods. */
  utilization: number;
  /** Requests a second beyond what the ready pods can answer. */
  unserved: number;
}

/** The controller looks this often, and metrics are means over such a window. */
const SYNC_SECONDS = 15;

/** Second by second: the load is shared by the ready pods, the controller looks every 15 s at the mean of the 15 s before. */
export function simulate(situation: Situation): Instant[] {
  const { hpa, curve, request, load, seconds, scheduleSeconds } = situation;
  const startUp = scheduleSeconds + curve.readySeconds;
  let pods: Pod[] = Array.from({ length: hpa.min }, () => ({
    since: -startUp - SYNC_SECONDS,
    window: [],
  }));
  let memory = NOTHING_SEEN;
  const instants: Instant[] = [];
  for (let second = 0; second < seconds; second++) {
    const ready = pods.filter(({ since }) => second - since >= startUp);
    const offered = load(second);
    const each = Math.min(curve.capacity, offered / Math.max(1, ready.length));
    const utilization = (100 * coresAt(curve, each)) / request.cores;
    for (const pod of ready) pod.window = [...pod.window, utilization].slice(-SYNC_SECONDS);
    instants.push({
      second,
      perSecond: offered,
      replicas: pods.length,
      ready: ready.length,
      utilization,
      unserved: Math.max(0, offered - ready.length * curve.capacity),
    });
    if (second % SYNC_SECONDS !== SYNC_SECONDS - 1) continue;
    const samples = pods.map((pod) => sampleOf(pod, second, situation));
    const seen = look(hpa, samples, second, memory);
    memory = seen.memory;
    pods = resize(pods, seen.replicas, second);
  }
  return instants;
}

interface Pod {
  /** When it was asked for. */
  since: number;
  /** CPU of its last seconds of work, percent of the request. */
  window: number[];
}

/** The first metric of a pod, of CPU and of memory, is there when a whole window of it is. */
function sampleOf(
  { since, window }: Pod,
  second: number,
  { curve, request, scheduleSeconds }: Situation,
): PodSample {
  const measured = window.length === SYNC_SECONDS;
  const memory = (100 * curve.memoryMiB) / request.memoryMiB;
  return {
    pending: second - since < scheduleSeconds,
    ready: measured,
    utilization: measured ? [mean(window), memory] : [null, null],
  };
}

/** The newest go first, as the ReplicaSet controller prefers those that are not ready. */
function resize(pods: readonly Pod[], size: number, second: number): Pod[] {
  const kept = pods.slice(0, size);
  return [...kept, ...Array.from({ length: size - kept.length }, () => ({ since: second, window: [] }))];
}

export function coresAt({ points }: Curve, perSecond: number): number {
  const above = points.findIndex((point) => point.perSecond >= perSecond);
  const [low, high] = above < 1 ? [points.at(0), points.at(-1)] : [points[above - 1], points[above]];
  if (low === undefined || high === undefined || low === high) throw new Error('A curve needs two points.');
  const slope = (high.cores - low.cores) / (high.perSecond - low.perSecond);
  return low.cores + slope * (perSecond - low.perSecond);
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** How often the size changed its direction: 1 for a step up and, later, down. */
export function turns(instants: readonly Instant[]): number {
  const sizes = instants.map(({ replicas }) => replicas).filter((size, i, all) => size !== all[i - 1]);
  const moves = sizes.slice(1).map((size, i) => Math.sign(size - (sizes[i] ?? size)));
  return moves.filter((move, i) => i > 0 && move !== moves[i - 1]).length;
}
