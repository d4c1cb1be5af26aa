import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  becomes,
  field,
  kubectl,
  type Namespace,
  release,
  restrictedNamespace,
  rolledOut,
  setUsage,
} from './cluster.ts';

let namespace: Namespace;
beforeAll(async () => {
  // At the target: the scaler has no reason to move.
  setUsage({ cpu: 350, memory: 200 });
  namespace = await restrictedNamespace();
}, 60_000);
afterAll(() => namespace.remove());

const set = (...values: string[]) => values.flatMap((value) => ['--set', `services.ingestion.${value}`]);

/** How often the Deployment of ingestion was scaled, in words. */
async function scalings(): Promise<string[]> {
  const which = 'involvedObject.kind=Deployment,involvedObject.name=churn-ingestion,reason=ScalingReplicaSet';
  const messages = 'jsonpath={range .items[*]}{.message}{"\\n"}{end}';
  const said = await kubectl(
    ...['--namespace', namespace.name, 'get', 'events', '--field-selector', which, '--output', messages],
  );
  return said.split('\n').filter(Boolean);
}

test('a scaler takes over from a fixed number with the pods that there are, and keeps them in the upgrades after', async () => {
  await release(namespace.name, ...set('autoscaling.type=none', 'replicas=4'));
  await rolledOut(namespace.name);
  const once = [expect.stringMatching(/^Scaled up replica set churn-ingestion-\w+ from 0 to 4$/)];
  expect(await scalings()).toEqual(once);

  for (const other of ['autoscaling.min=2', 'autoscaling.max=7']) {
    await release(namespace.name, ...set(other));
    await becomes(namespace.name, 'hpa/churn-ingestion', '.status.currentReplicas', '4');
    await rolledOut(namespace.name);
    expect(await scalings()).toEqual(once);
  }
}, 180_000);

test('a Deployment that was always scaled gives no number, so that a rollback takes no pods away', async () => {
  expect(await field(namespace.name, 'deploy/churn-inference', '.metadata.annotations.churn/replicas')).toBe(
    '',
  );
  expect(await field(namespace.name, 'deploy/churn-ingestion', '.metadata.annotations.churn/replicas')).toBe(
    'given',
  );
});
