import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settings } from '@churn/platform';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const rendered = read('k8s/churn.yaml');
const documents = rendered.split(/^---\n/m);
const ofKind = (kind: string) => documents.filter((text) => text.includes(`\nkind: ${kind}\n`));

/** As bin/render-k8s makes it: the files in the order of their paths, one after the other. */
function chartSum(): string {
  const files = readdirSync(join(ROOT, 'helm/churn'), { recursive: true, encoding: 'utf8' })
    .map((path) => `helm/churn/${path}`)
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}

test.each(['k8s/churn.yaml', 'k8s/seed.yaml'])(
  '%s was rendered from the chart as it is (bin/render-k8s)',
  (path) => {
    expect(read(path).split('\n')[0]).toContain(chartSum());
  },
);

test('the chart carries the alert rules of ops/ (bin/render-k8s copies them)', () => {
  expect(read('helm/churn/files/rules.yml')).toBe(read('ops/prometheus/rules.yml'));
});

test('no pod is given variables of its neighbours, which would come as CHURN_... and stop every service', () => {
  const pods = [...ofKind('Deployment'), ...ofKind('Job')];
  expect(pods.length).toBe(7);
  expect(pods.filter((text) => !text.includes('enableServiceLinks: false'))).toEqual([]);
});

test('no pod has a token of the API server', () => {
  const pods = [...ofKind('Deployment'), ...ofKind('Job'), ...ofKind('ServiceAccount')];
  expect(pods.filter((text) => !text.includes('automountServiceAccountToken: false'))).toEqual([]);
});

test('every variable that a pod is given is a setting', () => {
  const names = [...rendered.matchAll(/- \{ name: ([A-Z][A-Z_]*), value/g)].map(([, name = '']) => name);
  expect(names).toContain('DATABASE_URL_FILE');
  const known = Object.keys(settings);
  expect(names.filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual([]);
});

test('a pod may take as long to end as its pause and its service need', () => {
  for (const text of ofKind('Deployment')) {
    const grace = Number(/terminationGracePeriodSeconds: (\d+)/.exec(text)?.[1]);
    const pause = Number(/sleep: \{ seconds: (\d+) \}/.exec(text)?.[1]);
    expect(grace).toBeGreaterThanOrEqual(pause + 10 + 5);
  }
});

test('the images of the chart are those that the Dockerfile builds', () => {
  const images = new Set([...rendered.matchAll(/image: "churn\/([a-z-]+):/g)].map(([, name]) => name));
  const targets = [...read('Dockerfile').matchAll(/^FROM service AS (\w+)$/gm)].map(([, name]) => name);
  expect([...images].sort()).toEqual(targets.sort());
  expect(read('bin/build-images')).toContain(
    `services='inference ingestion batch training monitoring control'`,
  );
});
