import { eventually } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  attempt,
  becomes,
  field,
  helm,
  kubectl,
  type Migration,
  type Namespace,
  release,
  restrictedNamespace,
  rolledOut,
  setUsage,
} from './cluster.ts';

let namespace: Namespace;
let where: string;
let migrations: Migration[];
beforeAll(async () => {
  setUsage({ cpu: 100, memory: 100 });
  namespace = await restrictedNamespace();
  where = namespace.name;
  migrations = await release(where);
  await rolledOut(where);
}, 180_000);
afterAll(async () => {
  await attempt('kubectl', ['uncordon', 'fake0']);
  await namespace.remove();
});

const image = () => field(where, 'deploy/churn-inference', '.spec.template.spec.containers[0].image');
const pods = async () => {
  const select = ['--selector', 'app.kubernetes.io/component=inference', '--output', 'name'];
  const names = await kubectl(
    '--namespace',
    where,
    'get',
    'pods',
    '--field-selector',
    'status.phase=Running',
    ...select,
  );
  return names.split('\n').filter(Boolean);
};

test('an installation comes up in a namespace that admits only restricted pods', async () => {
  const ready = await field(where, 'deploy', '.items[*].status.readyReplicas');
  expect(ready.split(' ')).toEqual(['2', '2', '2', '2', '1', '1']);
  expect(await image()).toBe('churn/inference:0.1.0');
});

test('the migrations ran before the first Deployment was made, and their job is gone', async () => {
  expect(migrations).toEqual([{ pod: expect.stringMatching(/^pod\/churn-migrate-/), images: [] }]);
  expect(await kubectl('--namespace', where, 'get', 'jobs', '--output', 'name')).toBe('');
});

test('an upgrade migrates before it replaces anything, replaces every pod, and never has fewer ready than before; a rollback brings the old image back', async () => {
  const before = await pods();
  const seen: number[] = [];
  const done = new AbortController();
  const watching = (async () => {
    while (!done.signal.aborted)
      seen.push(Number(await field(where, 'deploy/churn-inference', '.status.availableReplicas')));
  })();
  const [migration] = await release(where, '--set', 'image.tag=0.2.0');
  await rolledOut(where);
  done.abort();
  await watching;
  expect(migration?.images.map((one) => one.replace(/^.*:/, ''))).toEqual(Array(6).fill('0.1.0'));
  expect(await image()).toBe('churn/inference:0.2.0');
  expect(Math.min(...seen)).toBe(2);
  expect((await pods()).filter((pod) => before.includes(pod))).toEqual([]);

  await helm('rollback', 'churn', '--namespace', where);
  await rolledOut(where);
  expect(await image()).toBe('churn/inference:0.1.0');
  expect(await helm('history', 'churn', '--namespace', where, '--output', 'json')).toContain('Rollback to 1');
}, 180_000);

test('a second pod is not evicted while the first one has no successor', async () => {
  await becomes(where, 'pdb/churn-inference', '.status.disruptionsAllowed', '1');
  expect(
    await field(where, 'pdb/churn-inference', '.status.conditions[?(@.type=="DisruptionAllowed")].status'),
  ).toBe('True');
  // Without a node to go to, the successor stays pending.
  await kubectl('cordon', 'fake0');
  const [first = '', second = ''] = await pods();
  expect(await evict(first)).toMatchObject({ ok: true });
  expect(await evict(second)).toMatchObject({
    ok: false,
    stderr: expect.stringContaining('disruption budget'),
  });
  await kubectl('uncordon', 'fake0');
  await becomes(where, 'pdb/churn-inference', '.status.disruptionsAllowed', '1');
}, 120_000);

function evict(pod: string) {
  const name = pod.replace('pod/', '');
  const path = `/api/v1/namespaces/${where}/pods/${name}/eviction`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: where } };
  return attempt('kubectl', ['create', '--raw', path, '--filename', '-'], JSON.stringify(body));
}

test('uninstalled, the release leaves the lake and nothing else', async () => {
  await helm('uninstall', 'churn', '--namespace', where, '--wait', '--timeout', '60s');
  const kinds = 'deploy,svc,hpa,pdb,netpol,ingress,job,pvc';
  const left = async () => {
    const names = await kubectl('--namespace', where, 'get', kinds, '--output', 'name');
    return names.split('\n').filter(Boolean);
  };
  // Helm waits for what it deletes; what the controllers made goes a little later.
  await eventually(async () => (await left()).length === 1 || false).catch(() => undefined);
  expect(await left()).toEqual(['persistentvolumeclaim/churn-lake']);
});
