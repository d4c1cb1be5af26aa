import { execFileSync } from 'node:child_process';

/**
 * The commit of the code in a folder: as set, else what git says, else 'unknown' (an image without git and without the setting). Ask once, when
 * the process starts: the folder may have another commit checked out long before the process ends, which still runs this one.
 */
export function codeCommit(setting: string | undefined, folder: string): string {
  if (setting !== undefined) return setting;
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', 'HEAD')}${changed ? '-dirty' : ''}`;
  } catch {
    return 'unknown';
  }
}
