import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ProjectIr, parseProjectIr } from '@churn/features';
import { UpError } from './up-error.ts';

/** Runs a project's definitions (its churn.project.ts) and returns their checked representation. */
export async function loadProject(dir: string): Promise<ProjectIr> {
  const path = join(resolve(dir), 'churn.project.ts');
  if (!existsSync(path))
    throw new UpError(
      `there is no ${path}: give the folder that holds churn.project.ts, such as examples/cdnow`,
    );
  const module: { default?: unknown } = await import(pathToFileURL(path).href);
  return parseProjectIr(module.default);
}
