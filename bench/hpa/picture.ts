import { report, whole } from '../harness/report.ts';
import { INFERENCE, REQUEST } from './inference.ts';
import { type Curve, type Instant, simulate, turns } from './simulate.ts';

/** A pod is scheduled, its volumes are mounted and its container is started: measured nowhere here, taken as this. */
const SCHEDULE_SECONDS = 10;
const HOUR = 3_600;
const [CPU, MEMORY] = INFERENCE.targets.map(({ percent }) => percent);
/** Of a pod, beyond which the autoscaler moves: the target and its tolerance. */
const ENOUGH = (CPU ?? 0) * 1.1;

interface Scene {
  name: string;
  instants: Instant[];
}

/** An hour under several loads: a table, how size follows load, and the first minutes of the step look by look. */
export function reportSimulation(curve: Curve): void {
  const { low, high } = loadsOf(curve);
  const scenes = play(curve);
  report({
    title: 'The autoscaler over that curve',
    command: 'node bench/hpa.ts',
    what: `A simulation of an hour, second by second, of autoscaling/v2 as documented with the values of helm/churn: ${INFERENCE.min} to ${INFERENCE.max} pods, CPU ${CPU}% of ${REQUEST.cores} cores, memory ${MEMORY}% of ${REQUEST.memoryMiB} MiB; a look every 15 s, ${SCHEDULE_SECONDS} s until a container starts, 15 s until it has a metric. ${whole(low)} requests/s before and after, ${whole(high)} at the height. Steady memory is ${whole((100 * curve.memoryMiB) / REQUEST.memoryMiB)}% of its request.`,
    header: [
      'load',
      'most pods',
      's from the height to enough pods',
      'unserved requests',
      'turns of direction',
    ],
    rows: scenes.map(describeRun),
  });
  console.log(
    `Load and pods, a column a minute (a is ten pods):\n\n\`\`\`\n${scenes.map(draw).join('\n\n')}\n\`\`\`\n`,
  );
  const [step] = scenes;
  if (step === undefined) return;
  report({
    title: 'The step, look by look',
    command: 'node bench/hpa.ts',
    what: 'The first load of the table above, at each second at which load, size or readiness changed; CPU of a ready pod in percent of its request. On the way down it is memory that bounds each step: an idle pod keeps what it has, and so many pods as bring its mean to the target stay for another five minutes.',
    header: ['second', 'requests/s', 'pods', 'of them ready', 'CPU %', 'unserved/s'],
    rows: changes(step.instants).map((at) => [
      String(at.second),
      whole(at.perSecond),
      String(at.replicas),
      String(at.ready),
      whole(at.utilization),
      whole(at.unserved),
    ]),
  });
}

/** Loads in shares of what ten pods answer at the target, so that a faster machine sees the same picture. */
function loadsOf(curve: Curve): { low: number; high: number } {
  const last = curve.points.at(-1) ?? { perSecond: 0, cores: 1 };
  const each = (REQUEST.cores * (CPU ?? 0) * last.perSecond) / (100 * last.cores);
  return { low: each * 1.2, high: each * 8 };
}

function play(curve: Curve): Scene[] {
  const { low, high } = loadsOf(curve);
  const loads: [string, (second: number) => number][] = [
    ['a step to eight pods and back', (s) => (s >= 300 && s < HOUR / 2 ? high : low)],
    ['a spike of 60 s', (s) => (s >= 300 && s < 360 ? high : low)],
    ['a wave of 2 min, half up and down', (s) => (high / 2) * (1 + 0.5 * Math.sin((2 * Math.PI * s) / 120))],
    ['a day in an hour', (s) => low + ((high - low) * (1 - Math.cos((2 * Math.PI * s) / HOUR))) / 2],
  ];
  const situation = {
    ...{ hpa: INFERENCE, curve, request: REQUEST },
    ...{ seconds: HOUR, scheduleSeconds: SCHEDULE_SECONDS },
  };
  return loads.map(([name, load]) => ({ name, instants: simulate({ ...situation, load }) }));
}

function describeRun({ name, instants }: Scene): string[] {
  const over = instants.find(({ utilization }) => utilization > ENOUGH)?.second;
  const back = instants.find(
    ({ second, utilization }) => second > (over ?? 0) && utilization <= ENOUGH,
  )?.second;
  return [
    name,
    String(Math.max(...instants.map(({ replicas }) => replicas))),
    over === undefined || back === undefined ? '-' : String(back - over),
    whole(instants.reduce((sum, { unserved }) => sum + unserved, 0)),
    String(turns(instants)),
  ];
}

const BARS = [...'▁▂▃▄▅▆▇█'];

/** The highest load and the most pods of each minute. */
export function draw({ name, instants }: Scene): string {
  const minutes = Array.from({ length: Math.ceil(instants.length / 60) }, (_, minute) =>
    instants.slice(minute * 60, minute * 60 + 60),
  );
  const most = Math.max(...instants.map(({ perSecond }) => perSecond));
  const load = minutes.map((minute) => {
    const height = Math.max(...minute.map(({ perSecond }) => perSecond)) / most;
    return BARS[Math.min(BARS.length - 1, Math.floor(height * BARS.length))];
  });
  const pods = minutes.map((minute) => Math.max(...minute.map(({ replicas }) => replicas)).toString(36));
  return `${name}\nload ${load.join('')}\npods ${pods.join('')}`;
}

/** The instants at which load, size or readiness differ from the last one before: what a reader would scroll to. */
export function changes(instants: readonly Instant[]): Instant[] {
  return instants.filter((at, i) => {
    const before = instants[i - 1];
    return (
      before === undefined ||
      at.perSecond !== before.perSecond ||
      at.replicas !== before.replicas ||
      at.ready !== before.ready
    );
  });
}
