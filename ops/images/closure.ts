import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

const ranges = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  dependencies: ranges,
  optionalDependencies: ranges,
  peerDependencies: ranges,
});

/** A package as Node would load it. */
export interface Package {
  name: string;
  version: string;
  license: string | undefined;
  /** Relative to the repository: node_modules/express, or shared/platform for one of ours. */
  folder: string;
  ours: boolean;
}

/**
 * What `folder` (services/inference) needs at run time: itself and every package that is reached through dependencies. `npm ci --workspace`
 * cannot say that: it installs what the development of the libraries needs, too (jest, an embedded Postgres).
 * Throws when a package that is no option is not installed.
 */
export function closureOf(root: string, folder: string): Package[] {
  const found = new Map<string, Package>();
  const visit = (at: string) => {
    const path = relative(root, at);
    if (found.has(path)) return;
    const { name, version, license, ...needs } = manifest.parse(
      JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')),
    );
    found.set(path, { name, version, license, folder: path, ours: !path.includes('node_modules') });
    for (const dependency of Object.keys({
      ...needs.dependencies,
      ...needs.optionalDependencies,
      ...needs.peerDependencies,
    })) {
      const place = resolveFrom(root, at, dependency);
      if (place !== undefined) visit(place);
      else if (dependency in needs.dependencies && !(dependency in needs.optionalDependencies))
        throw new Error(`${path} needs ${dependency}, which is not installed: run npm ci.`);
    }
  };
  visit(realpathSync(join(root, folder)));
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** As Node resolves: node_modules of the folder, then of each folder above, up to the repository. */
function resolveFrom(root: string, from: string, name: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const place = join(at, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return realpathSync(place);
    if (at === root || at === dirname(at)) return undefined;
  }
}
