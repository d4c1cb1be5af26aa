import type { Duck, NewSegment } from '@churn/lake';
import { segmentFile } from '../compactor/segment-file.ts';
import type { Context } from '../context.ts';
import type { SourceRules } from '../events/source-rules.ts';

/** Rows of one segment at most. */
const SEGMENT_ROWS = 5_000_000;

export type Part = Omit<NewSegment, 'positionFrom' | 'positionTo' | 'importId'>;

/** Writes the rows of `fresh` as files of the lake, in the order of the file. Nothing lists them yet. */
export async function writeParts(
  context: Context,
  duck: Duck,
  { rules, projectId, sha256 }: { rules: SourceRules; projectId: string; sha256: string },
): Promise<Part[]> {
  const fields = rules.fields.map(({ name }) => `"${name}"`);
  await duck.run(
    'CREATE OR REPLACE TEMP TABLE numbered AS SELECT *, row_number() OVER (ORDER BY ordinal) - 1 AS nth FROM fresh',
  );
  const [total] = await duck.rows<{ rows: bigint }>('SELECT count(*) AS rows FROM numbered');
  const parts: Part[] = [];
  for (let from = 0; from < Number(total?.rows ?? 0); from += SEGMENT_ROWS) {
    const where = `nth >= ${from} AND nth < ${from + SEGMENT_ROWS}`;
    const select = `SELECT ${['entity_id', 'occurred_us', `nth - ${from} AS row_offset`, 'event_id', ...fields].join(', ')} FROM numbered WHERE ${where} ORDER BY nth`;
    const file = await segmentFile(context, duck, {
      projectId,
      source: rules.source.name,
      from: `import-${sha256.slice(0, 16)}`,
      to: from / SEGMENT_ROWS,
      select,
    });
    const [range] = await duck.rows<{ rows: bigint; first: bigint; last: bigint }>(
      `SELECT count(*) AS rows, min(occurred_us) AS first, max(occurred_us) AS last FROM numbered WHERE ${where}`,
    );
    parts.push({
      ...file,
      projectId,
      source: rules.source.name,
      rows: Number(range?.rows ?? 0),
      minOccurredUs: Number(range?.first ?? 0),
      maxOccurredUs: Number(range?.last ?? 0),
    });
  }
  return parts;
}
