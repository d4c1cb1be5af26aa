import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assemble } from './assemble.ts';
import { closureOf } from './closure.ts';
import { bomOf } from './sbom.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SERVICES = ['inference', 'ingestion', 'batch', 'training', 'monitoring', 'control'];
const out = mkdtempSync(join(tmpdir(), 'churn-image-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test.each(SERVICES)('the image of %s holds no test, no server and no tool of development', (service) => {
  const names = closureOf(ROOT, `services/${service}`).map(({ name }) => name);
  expect(names).toContain('express');
  expect(
    names.filter((name) => /jest|embedded|typescript|biome|autocannon|churn\/testing$/.test(name)),
  ).toEqual([]);
});

test('each image holds only what its service names', () => {
  const has = (service: string, name: string) =>
    closureOf(ROOT, `services/${service}`).some((one) => one.name === name);
  expect(SERVICES.filter((service) => has(service, 'koffi'))).toEqual(['training']);
  expect(SERVICES.filter((service) => !has(service, '@duckdb/node-api'))).toEqual(['inference', 'control']);
});

describe('the files of the image of control', () => {
  const folder = join(out, 'control');
  beforeAll(() => assemble('control', folder, ['libexample=1.7.4-1']));

  test('are enough: it starts from them as far as its settings', () => {
    const main = ['services/control/main.ts'];
    const { status, stderr } = spawnSync(process.execPath, main, { cwd: folder, env: {}, encoding: 'utf8' });
    expect(stderr).toContain('control cannot start; its settings are not right');
    expect(status).toBe(78);
  });

  test('leave out tests and what only tests use', () => {
    expect(existsSync(join(folder, 'shared/platform/settings.ts'))).toBe(true);
    expect(existsSync(join(folder, 'shared/platform/settings-document.test.ts'))).toBe(false);
    expect(existsSync(join(folder, 'services/control/testing'))).toBe(false);
  });

  test('list themselves: each package with its version, and those of the distribution', () => {
    const bom = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'));
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: '@churn/control-service' } },
    });
    const purls = bom.components.map(({ purl }: { purl: string }) => purl);
    expect(purls).toContain('pkg:deb/debian/libexample@1.7.4-1');
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/express@5\.\d+\.\d+$/));
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/%40churn\/platform@/));
  });
});

test.each(['control', 'ingestion'])(
  'the image of %s holds the migrations, which it applies or waits for',
  (service) => {
    const folder = join(out, `${service}-migrations`);
    assemble(service, folder);
    expect(readdirSync(join(folder, 'migrations'))).toEqual(readdirSync(join(ROOT, 'migrations')));
  },
);

test('the same packages give the same bill of materials', () => {
  const packages = closureOf(ROOT, 'services/control');
  const bom = (list: typeof packages) => JSON.stringify(list[0] && bomOf(list[0], list, []));
  expect(bom(packages)).toBe(bom(closureOf(ROOT, 'services/control')));
  expect(bom(packages)).not.toBe(bom(packages.slice(0, -1)));
});

test('a package that is not installed is named, with the remedy', () => {
  const lacking = join(out, 'lacking');
  mkdirSync(lacking);
  const manifest = { name: 'lacking', version: '1.0.0', dependencies: { 'left-pad': '^1.0.0' } };
  writeFileSync(join(lacking, 'package.json'), JSON.stringify(manifest));
  expect(() => closureOf(out, 'lacking')).toThrow(
    'lacking needs left-pad, which is not installed: run npm ci.',
  );
});
