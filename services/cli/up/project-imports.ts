import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ProjectIr, SourceIr } from '@churn/features';
import { CliError, EXIT } from '../errors.ts';
import type { ProjectFiles } from '../project-file.ts';

/** A file that a start imports. */
export interface ProjectImport {
  source: string;
  file: string;
  asOf: string | undefined;
  shiftEnd: 'yesterday' | undefined;
}

/**
 * Each source's file, in the order of the definitions: what the project's `files` says, else `<source>.csv` in its folder, or one that ends in
 * `_<source>.csv`; Parquet likewise. A source without one waits for its data. Throws CliError: a file is not there, or it is not said as of when
 * it holds.
 */
export function projectImports(dir: string, ir: ProjectIr, files: ProjectFiles): ProjectImport[] {
  return ir.sources.flatMap((source) => {
    const declared = files[source.name];
    const file = declared === undefined ? fileOf(dir, source.name) : join(dir, declared.file);
    if (file === undefined) return [];
    if (!existsSync(file))
      throw new CliError(`${file}: there is no such file; files.${source.name} names it.`, EXIT.notFound);
    const hasTimes = source.timestamp_field !== null;
    if (hasTimes === (declared?.asOf !== undefined)) throw asOfFault(source, file);
    // A finished data set ends in the past: shifted to end yesterday, it looks like a shop that is open.
    const shiftEnd = source.static && hasTimes ? 'yesterday' : undefined;
    return [{ source: source.name, file, asOf: declared?.asOf, shiftEnd }];
  });
}

function fileOf(dir: string, source: string): string | undefined {
  const name = readdirSync(dir)
    .sort()
    .find((entry) => {
      const stem = basename(entry, extname(entry));
      return /\.(csv|parquet)$/.test(entry) && (stem === source || stem.endsWith(`_${source}`));
    });
  return name === undefined ? undefined : join(dir, name);
}

function asOfFault({ name, timestamp_field }: SourceIr, file: string): CliError {
  const entry = `export const files = { ${name}: { file: '${basename(file)}'`;
  return new CliError(
    timestamp_field === null
      ? `Source ${name} has no timestamp column, so churn.project.ts must say as of when ${basename(file)} holds: ${entry}, asOf: '2026-10-01' } };`
      : `Source ${name} has times of its own in the column ${timestamp_field}; leave asOf out: ${entry} } };`,
    EXIT.config,
  );
}
