import type { ImportResult } from '@churn/contracts';
import { count } from '../../format.ts';
import { uploadFile } from '../../upload.ts';
import type { Step } from '../story.ts';

export const importEvents: Step = {
  title: 'Import the events',
  async run(story, report) {
    for (const given of story.files) {
      const result = await uploadFile(story.client, { ...given, onError: 'stop', onProgress: report });
      story.imports.push(result);
    }
    if (story.imports.length === 0) return 'no files in the project folder';
    return story.imports.map(sentence).join('; ');
  },
};

function sentence(result: ImportResult): string {
  const asOf = result.as_of === null ? '' : ` as of ${result.as_of.slice(0, 10)}`;
  const shift =
    result.shift_days === 0 ? '' : `, dates shifted by ${count(result.shift_days)} days to end yesterday`;
  if (result.already_imported) return `${count(result.rows_imported)} rows${asOf}, imported before${shift}`;
  const faults = result.rows_rejected > 0 ? `, ${count(result.rows_rejected)} rejected` : '';
  return `${count(result.rows_imported)} rows${asOf}${faults}${shift}`;
}
