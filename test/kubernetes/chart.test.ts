import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type SettingName, settings } from '@churn/platform';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { manifestsIn, pods, read } from './manifests.ts';

const CHART = resolve(import.meta.dirname, '../../helm/churn');
const sumOf = (...texts: string[]) =>
  texts
    .reduce((hash, text) => hash.update(text), createHash('sha256'))
    .digest('hex')
    .slice(0, 16);

/** As bin/render-k8s makes it: the files in the order of their paths, one after the other. */
function chartSum(): string {
  const files = readdirSync(CHART, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(`${CHART}/${path}`).isFile())
    .sort();
  return sumOf(...files.map((path) => read(`helm/churn/${path}`)));
}

describe.each(['k8s/churn.yaml', 'k8s/seed.yaml'])('%s', (path) => {
  const text = read(path);
  const end = text.indexOf('\n') + 1;
  const [, ofChart, ofBody] = /\(([0-9a-f]{16}), body ([0-9a-f]{16})\)/.exec(text.slice(0, end)) ?? [];

  test('was rendered from the chart as it is (bin/render-k8s)', () => expect(ofChart).toBe(chartSum()));

  test('is what was rendered: nobody has edited it since', () => expect(ofBody).toBe(sumOf(text.slice(end))));
});

test('the chart carries the alert rules of ops/ (bin/render-k8s copies them)', () => {
  expect(read('helm/churn/files/rules.yml')).toBe(read('ops/prometheus/rules.yml'));
});

test('no ServiceAccount has a token of the API server', () => {
  const accounts = manifestsIn('k8s/churn.yaml').filter(({ kind }) => kind === 'ServiceAccount');
  expect(accounts.map((account) => account.automountServiceAccountToken)).toEqual(Array(6).fill(false));
});

test('every variable that a pod is given is a setting', () => {
  const names = pods(manifestsIn('k8s/churn.yaml')).flatMap(([, pod]) =>
    pod.containers[0].env.map(({ name }) => name.replace(/_FILE$/, '')),
  );
  expect(names).toContain('DATABASE_URL');
  expect(names.filter((name) => !(name in settings))).toEqual([]);
});

test('who applies k8s/ without helm can select the migrations, to apply them first (docs/deploy.md)', () => {
  const selected = manifestsIn('k8s/churn.yaml').filter(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'migrate',
  );
  expect(selected.map(({ kind }) => kind)).toEqual(['Job']);
});

test('the images of the chart are those that the Dockerfile builds', () => {
  const images = pods(manifestsIn('k8s/churn.yaml')).map(([, pod]) => pod.containers[0].image);
  const names = new Set(images.map((image) => /^churn\/([a-z]+):0\.1\.0$/.exec(image)?.[1]));
  const targets = [...read('Dockerfile').matchAll(/^FROM service AS (\w+)$/gm)].map(([, name]) => name);
  expect([...names].sort()).toEqual(targets.sort());
  expect(read('bin/build-images')).toContain(
    `services='inference ingestion batch training monitoring control'`,
  );
});

/** What the chart, the image or `churn up` sets by itself, and what only the CLI reads. */
const NOT_FOR_VALUES: SettingName[] = [
  ...(['HOST', 'PORT', 'CHURN_AUTH', 'LAKE_URL', 'CHURN_CODE_COMMIT', 'CHURN_SUPERVISED'] as const),
  ...(['CHURN_PROJECT', 'CHURN_CONTROL_URL', 'CHURN_API_KEY'] as const),
];

test('the schema of the values knows each setting that a release may have, and no other', () => {
  const schema = z
    .object({
      definitions: z.looseObject({
        settings: z.looseObject({ properties: z.record(z.string(), z.unknown()) }),
        secret: z.object({ enum: z.array(z.string()) }),
      }),
    })
    .parse(JSON.parse(read('helm/churn/values.schema.json'))).definitions;
  const may = Object.entries(settings).filter(([name]) => !NOT_FOR_VALUES.some((not) => not === name));
  const named = (secret: boolean) =>
    may.filter(([, setting]) => (setting.secret === true) === secret).map(([name]) => name);
  expect(Object.keys(schema.settings.properties)).toEqual(named(false));
  expect(schema.secret.enum).toEqual(named(true));
});
