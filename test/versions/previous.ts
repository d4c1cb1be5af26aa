import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** With this file the promise began that the version before runs on a newer schema. */
const PROMISE = 'shared/platform/schema-versions.ts';

const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/**
 * The version before this one: the last release (the newest tag v1.2.3 that is not this commit) or, while there is none, the commit with which
 * the promise began. null where git's history does not reach so far.
 */
export function previousVersion(): string | null {
  try {
    const head = git('rev-parse', 'HEAD');
    const tags = git('tag', '--list', 'v[0-9]*', '--sort=-version:refname', '--merged', 'HEAD').split('\n');
    const released = tags.find((tag) => tag !== '' && git('rev-parse', `${tag}^{commit}`) !== head);
    return (
      released ?? (git('log', '--diff-filter=A', '--format=%H', '--', PROMISE).split('\n').at(-1) || null)
    );
  } catch {
    return null;
  }
}

export interface Checkout {
  dir: string;
  remove(): void;
}

/** The software of a commit in a folder of its own, with the packages that are installed here and its own libraries. */
export function checkOut(commit: string): Checkout {
  const dir = mkdtempSync(join(tmpdir(), 'churn-previous-'));
  const tree = execFileSync('git', ['archive', commit, 'services', 'shared', 'migrations', 'package.json'], {
    cwd: ROOT,
    maxBuffer: 64 << 20,
  });
  execFileSync('tar', ['-x', '-C', dir], { input: tree });
  const [installed, own] = [join(ROOT, 'node_modules'), join(dir, 'node_modules')];
  mkdirSync(join(own, '@churn'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@churn' && !name.startsWith('.')) symlinkSync(join(installed, name), join(own, name));
  for (const name of readdirSync(join(installed, '@churn')))
    symlinkSync(readlinkSync(join(installed, '@churn', name)), join(own, '@churn', name));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
