import { openAsBlob, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type ImportResult, importResult } from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import { count } from '../format.ts';
import type { Step, Story } from '../story.ts';

const IMPORT_MS = 30 * 60_000;
type SourceIr = ProjectIr['sources'][number];

/** Each source's file in the project's folder: `<source>.csv`, or one that ends in `_<source>.csv`; Parquet likewise. */
export const importEvents: Step = {
  title: 'Import the events',
  async run(story, report) {
    for (const source of story.ir.sources) {
      const file = fileOf(story.projectDir, source.name);
      if (file === undefined) continue;
      report(basename(file));
      story.imports.push(await importFile(story, source, file));
    }
    if (story.imports.length === 0) return 'no files in the project folder';
    return story.imports.map(sentence).join('; ');
  },
};

function fileOf(dir: string, source: string): string | undefined {
  const name = readdirSync(dir)
    .sort()
    .find(
      (entry) =>
        /\.(csv|parquet)$/.test(entry) &&
        (basename(entry, extname(entry)) === source ||
          basename(entry, extname(entry)).endsWith(`_${source}`)),
    );
  return name === undefined ? undefined : join(dir, name);
}

/** A finished data set ends in the past: shifted to end yesterday, it looks like a shop that is open. */
async function importFile({ api }: Story, source: SourceIr, file: string): Promise<ImportResult> {
  const query = new URLSearchParams({
    source: source.name,
    format: extname(file).slice(1),
    file_name: basename(file),
    ...(source.static && { shift_end: 'yesterday' }),
  });
  return api.call({
    service: 'ingestion',
    method: 'POST',
    path: `/imports?${query}`,
    body: await openAsBlob(file),
    answer: importResult,
    timeoutMs: IMPORT_MS,
  });
}

function sentence(result: ImportResult): string {
  const shift =
    result.shift_days === 0 ? '' : `, dates shifted by ${count(result.shift_days)} days to end yesterday`;
  if (result.already_imported) return `${count(result.rows_imported)} rows, imported before${shift}`;
  const faults = result.rows_rejected > 0 ? `, ${count(result.rows_rejected)} rejected` : '';
  return `${count(result.rows_imported)} rows${faults}${shift}`;
}
