import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@churn/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { field, type Namespace, release, restrictedNamespace, rolledOut, setUsage } from './cluster.ts';

/** The controller looks every 2 s here; the chart's five minutes of stabilisation would make the test wait as long. */
const HASTE = [
  'stabilizationWindowSeconds=10',
  'policies[0].type=Percent',
  'policies[0].value=50',
  'policies[0].periodSeconds=5',
].flatMap((rule) => ['--set', `services.inference.autoscaling.behavior.scaleDown.${rule}`]);
const SYNC_MS = 2_000;

let namespace: Namespace;
let load: Load | undefined;
beforeAll(async () => {
  setUsage({ cpu: 100, memory: 200 });
  namespace = await restrictedNamespace();
  await release(namespace.name, '--set', 'services.ingestion.autoscaling.type=none', ...HASTE);
  await rolledOut(namespace.name);
}, 180_000);
afterEach(() => load?.stop());
afterAll(() => namespace.remove());

const replicas = async () =>
  Number(await field(namespace.name, 'hpa/churn-inference', '.status.desiredReplicas'));

interface Load {
  /** Millicores that all pods of inference share. */
  cpu: number;
  /** MiB of each pod. */
  memory: number;
  /** Each size that was seen, in order. */
  seen: number[];
  stop(): Promise<void>;
}

/** A load that is shared by as many pods as there are, as behind a Service. */
function apply(cpu: number, memory: number): Load {
  let going = true;
  const state = { cpu, memory, seen: [] as number[] };
  const loop = (async () => {
    while (going) {
      const running = Number(await field(namespace.name, 'deploy/churn-inference', '.status.readyReplicas'));
      setUsage({ cpu: state.cpu / Math.max(1, running), memory: state.memory });
      const size = await replicas();
      if (size !== state.seen.at(-1)) state.seen.push(size);
      await delay(250);
    }
  })();
  return Object.assign(state, {
    async stop() {
      going = false;
      await loop;
    },
  });
}

const reaches = (size: number) =>
  eventually(async () => (await replicas()) === size || false, { timeoutMs: 120_000, everyMs: 250 });

test('inference goes from 2 to 10 pods and back by CPU, and turns round only when the load does', async () => {
  load = apply(400, 200);
  await reaches(2);
  load.cpu = 6_000;
  await reaches(10);
  // 200 m of 500 m each: below the target, but not for less than six pods (2,000 m / 350 m).
  load.cpu = 2_000;
  await reaches(6);
  // Within the tolerance of a tenth on either side nothing moves, however often the controller looks.
  load.cpu = 6 * 350 * 1.08;
  await delay(4 * SYNC_MS);
  load.cpu = 6 * 350 * 0.93;
  await delay(4 * SYNC_MS);
  expect(await replicas()).toBe(6);
  load.cpu = 300;
  await reaches(2);
  await load.stop();
  const turns = load.seen.filter((size, i, all) => {
    const [before = size, after = size] = [all[i - 1], all[i + 1]];
    return i > 0 && i < all.length - 1 && Math.sign(size - before) !== Math.sign(after - size);
  });
  expect(turns).toEqual([10]);
}, 300_000);

test('inference scales by memory while its CPU is idle, and a busy steady state does not move it', async () => {
  load = apply(200, 0.5 * 768);
  await reaches(2);
  await delay(4 * SYNC_MS);
  expect(load.seen).toEqual([2]);
  load.memory = 0.95 * 768;
  await reaches(10);
  load.memory = 0.3 * 768;
  await reaches(2);
}, 300_000);
