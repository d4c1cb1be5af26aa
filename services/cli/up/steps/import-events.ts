import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ImportResult } from '@churn/contracts';
import { count } from '../../format.ts';
import { uploadFile } from '../../upload.ts';
import type { Step } from '../story.ts';

/** Each source's file in the project's folder: `<source>.csv`, or one that ends in `_<source>.csv`; Parquet likewise. */
export const importEvents: Step = {
  title: 'Import the events',
  async run(story, report) {
    for (const source of story.ir.sources) {
      const file = fileOf(story.projectDir, source.name);
      if (file === undefined) continue;
      const result = await uploadFile(story.client, {
        file,
        source: source.name,
        onError: 'stop',
        // A finished data set ends in the past: shifted to end yesterday, it looks like a shop that is open.
        shiftEnd: source.static ? 'yesterday' : undefined,
        onProgress: report,
      });
      story.imports.push(result);
    }
    if (story.imports.length === 0) return 'no files in the project folder';
    return story.imports.map(sentence).join('; ');
  },
};

function fileOf(dir: string, source: string): string | undefined {
  const name = readdirSync(dir)
    .sort()
    .find((entry) => {
      const stem = basename(entry, extname(entry));
      return /\.(csv|parquet)$/.test(entry) && (stem === source || stem.endsWith(`_${source}`));
    });
  return name === undefined ? undefined : join(dir, name);
}

function sentence(result: ImportResult): string {
  const shift =
    result.shift_days === 0 ? '' : `, dates shifted by ${count(result.shift_days)} days to end yesterday`;
  if (result.already_imported) return `${count(result.rows_imported)} rows, imported before${shift}`;
  const faults = result.rows_rejected > 0 ? `, ${count(result.rows_rejected)} rejected` : '';
  return `${count(result.rows_imported)} rows${faults}${shift}`;
}
