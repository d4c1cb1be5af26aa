import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n');

/** Links of a document to files, from where it stands. */
function links(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

test('every link of a document to a file leads to one', () => {
  const dead = documents.flatMap((path) =>
    links(path)
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  );
  expect(dead).toEqual([]);
  expect(documents.flatMap(links).length).toBeGreaterThan(20);
});

test('every file that the ways through the code enter is there', () => {
  const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const named = [...text.matchAll(/[\w/-]+\.ts\b/g)].map(([path]) => path);
  const places = [
    '',
    'services/ingestion',
    'services/batch',
    'services/inference',
    'shared/features',
    'shared/online',
    'shared/platform',
  ];
  expect(named.filter((path) => !places.some((place) => existsSync(join(ROOT, place, path))))).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});
