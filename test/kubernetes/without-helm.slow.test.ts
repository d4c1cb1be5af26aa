import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kubectl, migrating, type Namespace, restrictedNamespace, rolledOut, setUsage } from './cluster.ts';

let namespace: Namespace;
beforeAll(async () => {
  setUsage({ cpu: 100, memory: 100 });
  namespace = await restrictedNamespace();
});
afterAll(() => namespace.remove());

const on = (...args: string[]) => kubectl('--namespace', namespace.name, ...args);

test('k8s/churn.yaml is applied by kubectl alone: the migrations first, and the rest when they are done (docs/deploy.md)', async () => {
  const file = ['--filename', 'k8s/churn.yaml'];
  const migrations = await migrating(namespace.name, async () => {
    const job = await on('apply', ...file, '-l', 'app.kubernetes.io/component=migrate', '--output', 'name');
    await on('wait', '--for', 'condition=complete', job.trim(), '--timeout', '60s');
  });
  expect(migrations).toEqual([{ pod: expect.stringMatching(/^pod\/churn-migrate-/), images: [] }]);
  await on('apply', ...file);
  await rolledOut(namespace.name);
  // Applied once more it takes no pods from the scaler, and migrates nothing.
  const again = (await on('apply', ...file)).split('\n').filter((line) => /^(deployment|job)/.test(line));
  expect(again).toHaveLength(7);
  expect(again.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
}, 180_000);
