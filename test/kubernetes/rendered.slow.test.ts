import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attempt, dryRun, type Namespace, render, restrictedNamespace } from './cluster.ts';
import { MISTAKES } from './mistakes.ts';

let namespace: Namespace;
beforeAll(async () => {
  namespace = await restrictedNamespace();
});
afterAll(() => namespace.remove());

/** What is off by default, so that it is seen too. */
const EVERYTHING = [
  'ingress.enabled=true,ingress.hosts.inference=p.example.com,ingress.className=nginx,ingress.tlsSecret=tls',
  'gateway.enabled=true,gateway.hosts.inference=p.example.com,gateway.parentRefs[0].name=public',
  'serviceMonitor.enabled=true,prometheusRule.enabled=true,image.pullSecrets[0]=login,lake.storageClassName=fast',
].flatMap((set) => ['--set', set]);

/** Kinds whose definitions could not be had: named when the suite began, and skipped here. */
const UNDEFINED = (process.env.UNDEFINED_KINDS ?? '').split(',').filter(Boolean);
const isDefined = (object: string) => !UNDEFINED.includes(/^kind: (\w+)/m.exec(object)?.[1] ?? '');

test.each([undefined, 'dev', 'small', 'large', 'seed'])(
  'the API server takes everything that the chart renders, strictly (values: %s)',
  async (values) => {
    const objects = (await render(values, ...EVERYTHING)).filter(isDefined);
    expect(objects.length).toBeGreaterThan(20);
    const { ok, stderr } = await dryRun(objects.join('---\n'), namespace.name);
    expect(stderr).toBe('');
    expect(ok).toBe(true);
  },
  60_000,
);

test('k8s/ is what the chart renders (bin/render-k8s --check)', () => {
  const { status, stdout, stderr } = spawnSync('sh', ['bin/render-k8s', '--check'], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('values-seed renders the objects of the course notes under their names', async () => {
  const text = (await render('seed')).join('---\n');
  expect(text).toMatch(/kind: Deployment\nmetadata:\n {2}name: churn-prediction-api\n/);
  expect(text).toMatch(/kind: HorizontalPodAutoscaler\nmetadata:\n {2}name: churn-prediction-hpa\n/);
  const service = (await render('seed')).find((object) =>
    object.includes('name: churn-prediction-service\n'),
  );
  expect(service).toContain('type: LoadBalancer');
  expect(service).toContain('port: 80, targetPort: 8000');
  const deployment = (await render('seed')).find((object) => object.includes('name: churn-prediction-api\n'));
  expect(deployment).toMatch(
    /limits:\n\s+cpu: "2"\n\s+memory: 4Gi\n\s+requests:\n\s+cpu: "1"\n\s+memory: 2Gi/,
  );
});

/** As promtool reads rules: the spec of the PrometheusRule, as a file of its own. */
const promtool = spawnSync('promtool', ['--version']).status === 0;
if (!promtool) process.stderr.write('SKIPPED: the rules are not checked; promtool is not on the PATH\n');
(promtool ? test : test.skip)('promtool takes the rules of the rendered PrometheusRule', async () => {
  const object = (await render('small')).find((one) => one.includes('kind: PrometheusRule\n')) ?? '';
  const rules = object.slice(object.indexOf('\nspec:\n') + 7).replaceAll(/^ {2}/gm, '');
  const dir = mkdtempSync(join(tmpdir(), 'churn-rules-'));
  writeFileSync(join(dir, 'rules.yml'), rules);
  const { stdout } = spawnSync('promtool', ['check', 'rules', join(dir, 'rules.yml')], { encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
});

describe('a mistake in a rendered manifest is refused:', () => {
  const [there, absent] = [true, false].map((known) =>
    MISTAKES.filter(({ kind }) => UNDEFINED.includes(kind) !== known),
  );
  test.each(there ?? [])('$what', async ({ values, kind, name, from, to, says }) => {
    const all = await render(values, ...EVERYTHING);
    const object = all.find(
      (one) => one.includes(`kind: ${kind}\n`) && new RegExp(`^  name: ${name}$`, 'm').test(one),
    );
    if (object === undefined) throw new Error(`The chart renders no ${kind} ${name}.`);
    const mistaken = object.replace(from, to);
    if (mistaken === object) throw new Error(`${kind} ${name} has no ${from}.`);
    expect(await dryRun(object, namespace.name)).toMatchObject({ ok: true });
    const { ok, stderr } = await dryRun(mistaken, namespace.name);
    expect({ ok, stderr }).toEqual({ ok: false, stderr: expect.stringMatching(says) });
  });
  for (const { what, kind } of absent ?? []) test.skip(`${what} (no definition of ${kind})`, () => {});
});

test('the namespace refuses a pod that does not keep to the restricted profile', async () => {
  const { ok, stderr } = await attempt('kubectl', [
    ...['--namespace', namespace.name, 'run', 'loose', '--image', 'x', '--dry-run=server'],
  ]);
  expect(ok).toBe(false);
  expect(stderr).toContain('violates PodSecurity "restricted');
});
