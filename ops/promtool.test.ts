import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const folders = [...(process.env.PATH ?? '').split(':'), join(ROOT, '.churn/tools')];
const promtool = folders.map((folder) => join(folder, 'promtool')).find((path) => existsSync(path));

/** What promtool says. Throws, with all it said, when it finds fault. */
function run(...args: string[]): string {
  const cwd = join(ROOT, 'ops/prometheus');
  return execFileSync(promtool ?? '', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

// Without promtool these are counted as skipped.
(promtool === undefined ? describe.skip : describe)('promtool (npm run test:ops fetches it)', () => {
  it('can read the rules', () => {
    expect(run('check', 'rules', 'rules.yml')).toContain('13 rules found');
  });

  it('sees each alert fire when it should, and stay silent otherwise', () => {
    expect(run('test', 'rules', 'rules-test.yml')).toContain('SUCCESS');
  });
});
