import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DefinitionError, type ProjectIr, parseProjectIr } from '@churn/features';
import { CliError, EXIT } from './errors.ts';

const PROJECT_FILE = 'churn.project.ts';

/** Compiles the definitions in a folder's churn.project.ts (or the file itself). Throws CliError with every fault. */
export async function loadProject(path: string): Promise<ProjectIr> {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, PROJECT_FILE) : path;
  if (!existsSync(file))
    throw new CliError(
      `${file}: there is no such file. A project is a folder with a ${PROJECT_FILE}; examples/cdnow is one to copy.`,
      EXIT.config,
    );
  try {
    const module: { default?: unknown } = await import(pathToFileURL(resolve(file)).href);
    if (module.default === undefined)
      throw new CliError(
        `${file} has no default export: write \`export default project({ ... })\`.`,
        EXIT.config,
      );
    return parseProjectIr(module.default);
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof DefinitionError)
      throw new CliError(`${file} is not right yet.`, EXIT.config, error.message.split('\n'));
    throw new CliError(
      `${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.config,
    );
  }
}
