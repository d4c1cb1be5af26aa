import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Autoscaler, look, NOTHING_SEEN, type PodSample } from './controller.ts';
import { INFERENCE, REQUEST } from './inference.ts';
import { changes, draw } from './picture.ts';
import { type Curve, coresAt, simulate, turns } from './simulate.ts';

const at = (cpu: number, count: number, ready = true): PodSample[] =>
  Array.from({ length: count }, () => ({ pending: false, ready, utilization: [cpu, 5] }));
const pending = (count: number): PodSample[] =>
  Array.from({ length: count }, () => ({ pending: true, ready: false, utilization: [null, null] }));
const unmeasured = (count: number): PodSample[] =>
  Array.from({ length: count }, () => ({ pending: false, ready: true, utilization: [null, null] }));
/** The first look, an hour ago, bounds nothing any more. */
const LONG_AGO = { recommendations: [{ at: -3_600, value: 2 }], changes: [] };
const once = (pods: PodSample[], hpa: Autoscaler = INFERENCE) => look(hpa, pods, 0, LONG_AGO).replicas;

describe('one look of the autoscaler', () => {
  test.each([
    ['at the target', at(70, 4), 4],
    ['a tenth above the target', at(77, 4), 4],
    ['more than a tenth above', at(78, 4), 5],
    ['not more than a tenth above in whole percent', at(77.9, 4), 4],
    ['a tenth below the target', at(63, 4), 4],
    ['more than a tenth below', at(62.9, 10), 9],
    ['above the most pods, though they are busy', at(70, 12), 10],
    ['above the most pods, though nothing is measured', unmeasured(12), 10],
    ['below the fewest pods', at(0, 1), 2],
    ['at twice the target', at(140, 4), 8],
    ['beyond the most pods', at(400, 4), 8],
  ])('%s: %#', (_what, pods, replicas) => {
    expect(once(pods)).toBe(replicas);
  });

  test('the metric that wants most decides', () => {
    expect(
      once([
        { pending: false, ready: true, utilization: [10, 160] },
        { pending: false, ready: true, utilization: [10, 160] },
      ]),
    ).toBe(4);
  });

  test('pods that are not ready count as idle when more are wanted', () => {
    // 2 at 140% alone would want 4; with 2 more on their way the mean is 70%: enough.
    expect(once([...at(140, 2), ...at(0, 2, false)])).toBe(4);
    expect(once([...at(280, 2), ...at(0, 2, false)])).toBe(8);
  });

  test.each([
    // The mean of four is 75%: within a tenth of the target.
    ['one on its way counts as idle in a rise', [...at(150, 2), ...pending(2)], 4],
    ['one on its way is left out of a fall', [...at(35, 3), ...pending(1)], 2],
    ['one without a metric counts as idle in a rise', [...at(140, 2), ...unmeasured(2)], 4],
    // (3 x 35 + 100) / 4 / 70 of four pods.
    ['one without a metric counts as fully used in a fall', [...at(35, 3), ...unmeasured(1)], 3],
    ['a fall that such a pod would turn into a rise moves nothing', [...at(60, 2), ...unmeasured(2)], 4],
    ['where no pod has a metric nothing moves', unmeasured(5), 5],
    ['where nothing but pods on their way is seen nothing moves', pending(3), 3],
  ])('%s', (_what, pods, replicas) => {
    expect(once(pods)).toBe(replicas);
  });

  test('a metric that is missing altogether holds up a fall, and no rise', () => {
    const blind = (memory: number): PodSample[] =>
      Array.from({ length: 4 }, () => ({ pending: false, ready: true, utilization: [null, memory] }));
    expect([once(blind(10)), once(blind(160))]).toEqual([4, 8]);
  });

  test('memory of a pod that is not ready counts, CPU does not', () => {
    const starting: PodSample = { pending: false, ready: false, utilization: [0, 160] };
    // CPU: two at the target. Memory: (2 x 80 + 2 x 160) / 4 / 80 of four.
    const steady: PodSample = { pending: false, ready: true, utilization: [70, 80] };
    expect(once([steady, steady, starting, starting])).toBe(6);
  });

  test('the size at the first look holds for five minutes, downwards only', () => {
    const idle = look(INFERENCE, at(7, 8), 0, NOTHING_SEEN);
    expect(idle.replicas).toBe(8);
    expect(look(INFERENCE, at(7, 8), 299, idle.memory).replicas).toBe(8);
    expect(look(INFERENCE, at(7, 8), 300, idle.memory).replicas).toBe(4);
    expect(look(INFERENCE, at(140, 2), 0, NOTHING_SEEN).replicas).toBe(4);
  });

  test('pods taken away within the period may come back on top of what a policy adds', () => {
    const fallen = { ...LONG_AGO, changes: [{ at: 0, value: -2 }] };
    // Four there were when the period began: four more, or double, of those.
    expect(look(INFERENCE, at(700, 2), 10, fallen).replicas).toBe(8);
  });

  test('one look adds four pods or doubles them, whichever is more, within 15 s', () => {
    const first = look(INFERENCE, at(400, 2), 0, NOTHING_SEEN);
    expect(first.replicas).toBe(6);
    expect(look(INFERENCE, at(400, 6), 5, first.memory).replicas).toBe(6);
    expect(look(INFERENCE, at(400, 6), 15, first.memory).replicas).toBe(10);
  });

  test('fewer pods are kept only when five minutes of looks agree, and then half of them a minute', () => {
    let { memory } = look(INFERENCE, at(70, 10), 0, NOTHING_SEEN);
    const sizes: number[] = [];
    let size = 10;
    for (let second = 15; second <= 450; second += 15) {
      const seen = look(INFERENCE, at(7, size), second, memory);
      ({ memory, replicas: size } = seen);
      sizes.push(size);
    }
    expect(sizes.slice(0, 19)).toEqual(Array.from({ length: 19 }, () => 10));
    expect(sizes.slice(19, 23)).toEqual([5, 5, 5, 5]);
    expect(sizes.at(-1)).toBe(2);
  });
});

const curve: Curve = {
  points: [
    { perSecond: 0, cores: 0.01 },
    { perSecond: 1_000, cores: 0.11 },
  ],
  capacity: 9_000,
  memoryMiB: 300,
  readySeconds: 2,
};
const situation = { hpa: INFERENCE, curve, request: REQUEST, seconds: 3_600, scheduleSeconds: 10 };

test('the curve goes straight between its points, and on beyond them', () => {
  expect(coresAt(curve, 500)).toBeCloseTo(0.06);
  expect(coresAt(curve, 2_000)).toBeCloseTo(0.21);
});

test('a step is answered by as many pods as it needs, and given back after it, without turning round between', () => {
  const load = (second: number) => (second >= 300 && second < 1_800 ? 20_000 : 3_000);
  const instants = simulate({ ...situation, load });
  const peak = instants.filter(({ second }) => second > 600 && second < 1_800);
  // 20,000 a second cost 2 cores; 0.35 of them a pod, and nothing moves within a tenth of that.
  expect(new Set(peak.map(({ replicas }) => replicas))).toEqual(new Set([6]));
  expect(instants.at(-1)?.replicas).toBe(2);
  expect(turns(instants)).toBe(1);
});

test('a load that swings faster than five minutes does not make the size swing', () => {
  const load = (second: number) => 12_000 + 6_000 * Math.sin((2 * Math.PI * second) / 120);
  expect(turns(simulate({ ...situation, load }))).toBe(0);
});

test('a picture shows load and size of each minute, and a list the moments of change', () => {
  const instants = simulate({
    ...situation,
    load: (second) => (second >= 60 && second < 120 ? 20_000 : 2_500),
    seconds: 180,
  });
  expect(draw({ name: 'a spike', instants })).toBe('a spike\nload ▂█▂\npods 266');
  expect(changes(instants).map(({ second, replicas, ready }) => [second, replicas, ready])).toEqual([
    [0, 2, 2],
    [60, 2, 2],
    [75, 6, 2],
    [86, 6, 6],
    [120, 6, 6],
  ]);
});

test('the simulation has the values of the chart', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../k8s/churn.yaml'), 'utf8');
  const hpa = text
    .split(/^---\n/m)
    .find((one) => /kind: Horizontal.*\n.*\n {2}name: churn-inference$/m.test(one));
  const number = (pattern: RegExp) => Number(pattern.exec(hpa ?? '')?.[1]);
  expect({
    min: number(/minReplicas: (\d+)/),
    max: number(/maxReplicas: (\d+)/),
    targets: [...(hpa ?? '').matchAll(/averageUtilization: (\d+)/g)].map(([, percent]) => Number(percent)),
    windows: [...(hpa ?? '').matchAll(/stabilizationWindowSeconds: (\d+)/g)].map(([, seconds]) =>
      Number(seconds),
    ),
    policies: [...(hpa ?? '').matchAll(/value: (\d+)/g)].map(([, value]) => Number(value)),
  }).toEqual({
    min: INFERENCE.min,
    max: INFERENCE.max,
    targets: INFERENCE.targets.map(({ percent }) => percent),
    windows: [INFERENCE.scaleDown, INFERENCE.scaleUp].map((way) => way.stabilizationWindowSeconds),
    policies: [INFERENCE.scaleDown, INFERENCE.scaleUp].flatMap((way) =>
      way.policies.map(({ value }) => value),
    ),
  });
  const deployment = text
    .split(/^---\n/m)
    .find((one) => /kind: Deployment\n.*\n {2}name: churn-inference$/m.test(one));
  expect(deployment).toMatch(/requests:\s+cpu: 500m\s+memory: 768Mi/);
  expect(REQUEST).toEqual({ cores: 0.5, memoryMiB: 768 });
});
