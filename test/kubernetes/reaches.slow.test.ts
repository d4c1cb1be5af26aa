import { expect, test } from '@jest/globals';
import { render } from './cluster.ts';

/** Everything that the chart renders with `set` over the values file `values`, as one text. */
const rendered = async (set: string, values?: string) => (await render(values, '--set', set)).join('---\n');

test.each([
  ['lake.storageClassName=fast', undefined, 'storageClassName: fast', 1],
  ['lake.accessMode=ReadWriteOnce', undefined, 'accessModes: [ReadWriteOnce]', 1],
  ['image.pullPolicy=Always', undefined, 'imagePullPolicy: Always', 7],
  ['secret.name=other', undefined, 'secretName: other', 7],
  ['secret.name=other', 'large', 'parameter: connection, name: other', 1],
  ['services.control.service.annotations.a=b', undefined, 'annotations:\n    a: b', 1],
  ['services.control.names.deployment=desk', undefined, 'kind: Deployment\nmetadata:\n  name: desk\n', 1],
])('%s reaches every object that it is for (values: %s)', async (set, values, text, times) => {
  expect((await rendered(set, values)).split(text)).toHaveLength(times + 1);
});

test.each([
  ['migrations.enabled=false', 'kind: Job'],
  ['networkPolicy.enabled=false', 'kind: NetworkPolicy'],
])('%s leaves them out', async (set, kind) => {
  expect(await rendered('image.tag=x')).toContain(kind);
  expect(await rendered(set)).not.toContain(kind);
});
