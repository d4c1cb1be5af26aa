import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeCommit } from './code-commit.ts';
import { loadTrainingConfig } from './config.ts';
import { createContext } from './context.ts';

let folder: string;
beforeEach(() => {
  folder = testFolder('code');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Commits the code with this text, and returns the commit. */
function commit(text: string): string {
  writeFileSync(join(folder, 'code'), text);
  git('add', '.');
  git('commit', '-m', text);
  return git('rev-parse', 'HEAD');
}

describe('the commit of the running code', () => {
  test('is that of its folder, marked when the folder differs from it', () => {
    git('init', '--quiet');
    const first = commit('one');
    expect(codeCommit(undefined, folder)).toBe(first);
    writeFileSync(join(folder, 'code'), 'changed');
    expect(codeCommit(undefined, folder)).toBe(`${first}-dirty`);
  });

  test('is what is set, and unknown where there is neither', () => {
    expect(codeCommit('abc1234', folder)).toBe('abc1234');
    expect(codeCommit(undefined, folder)).toBe('unknown');
  });

  test('stays that of the start when another is checked out later', async () => {
    git('init', '--quiet');
    const first = commit('one');
    const config = loadTrainingConfig({
      DATABASE_URL: 'postgres://127.0.0.1:9/none',
      LAKE_URL: 'file:///nowhere',
    });
    const context = createContext(config, { codeFolder: folder });
    commit('two');
    expect(context.codeCommit).toBe(first);
    await context.closer.close();
  });
});
