import { spawnSync } from 'node:child_process';
import { EmbeddedServerError } from './embedded-server-error.ts';

export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, else as `nobody`. null when we are not root. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const uid = id('-u', name);
    const gid = id('-g', name);
    if (uid !== null && gid !== null) return { name, uid, gid };
  }
  throw new EmbeddedServerError(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. Create one (useradd --system postgres) or set DATABASE_URL.',
  );
}

/** Whether that user can read and enter a folder, every folder above it included. */
export function canEnter(user: ServerUser | null, path: string): boolean {
  if (user === null) return true;
  const seen = spawnSync('/bin/sh', ['-c', 'cd "$1" && [ -r . ]', 'sh', path], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
    timeout: 5_000,
  });
  return seen.status === 0;
}

function id(flag: '-u' | '-g', name: string): number | null {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8', timeout: 5_000 });
  return answer.status === 0 ? Number(answer.stdout.trim()) : null;
}
