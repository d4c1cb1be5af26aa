import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DefinitionError, type ProjectIr, parseProjectIr } from '@churn/features';
import { z } from 'zod';
import { CliError, EXIT } from './errors.ts';

const PROJECT_FILE = 'churn.project.ts';

const projectFiles = z.record(
  z.string(),
  z.strictObject({
    /** In the project's folder. */
    file: z.string().min(1),
    /** The instant that its rows hold as of, for a source without a timestamp column. */
    asOf: z.string().optional(),
  }),
);
/** What `churn up` imports, by source: the export `files` of a project file. */
export type ProjectFiles = z.infer<typeof projectFiles>;

/** A project file, read. */
interface Project {
  ir: ProjectIr;
  files: ProjectFiles;
  /** The folder that it is in. */
  dir: string;
}

/** Compiles the definitions in a folder's churn.project.ts (or the file itself), with what else it exports. Throws CliError with every fault. */
export async function loadProject(path: string): Promise<Project> {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, PROJECT_FILE) : path;
  if (!existsSync(file))
    throw new CliError(
      `${file}: there is no such file. A project is a folder with a ${PROJECT_FILE}; examples/cdnow is one to copy.`,
      EXIT.config,
    );
  try {
    const module: { default?: unknown; files?: unknown } = await import(pathToFileURL(resolve(file)).href);
    if (module.default === undefined)
      throw new CliError(
        `${file} has no default export: write \`export default project({ ... })\`.`,
        EXIT.config,
      );
    const ir = parseProjectIr(module.default);
    return { ir, files: readFiles(file, ir, module.files), dir: dirname(resolve(file)) };
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

function readFiles(path: string, { sources }: ProjectIr, exported: unknown): ProjectFiles {
  const read = projectFiles.safeParse(exported ?? {});
  if (!read.success)
    throw new CliError(
      `${path}: files is not right: write export const files = { <source>: { file: '<name>', asOf: '2026-10-01' } }.`,
      EXIT.config,
      read.error.issues.map(({ path: place, message }) => `files.${place.join('.')}: ${message}`),
    );
  const known = sources.map(({ name }) => name);
  const stray = Object.keys(read.data).find((name) => !known.includes(name));
  if (stray !== undefined)
    throw new CliError(
      `${path}: files names the source "${stray}", which the project does not define; it has ${known.join(', ')}.`,
      EXIT.config,
    );
  return read.data;
}
