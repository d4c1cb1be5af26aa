import type { SourceIr } from '@churn/features';
import { lakePath } from './lake-path.ts';
import type { Segment } from './segments.ts';

/**
 * A SQL relation (in parentheses) of a source's events in these segments: entity_id VARCHAR, occurred_us BIGINT, position BIGINT, and each
 * declared field as BIGINT (fixed point, nullable). A field that a segment was written without is NULL there.
 */
export function eventsRelation(segments: readonly Segment[], source: SourceIr, lakeUrl: string): string {
  const own = segments.filter((segment) => segment.source === source.name);
  const fields = source.fields.map((field) => `"${field.name}"`);
  const columns = ['entity_id', 'occurred_us', 'position', ...fields];
  const types = ['VARCHAR', 'BIGINT', 'BIGINT', ...fields.map(() => 'BIGINT')];
  const none = `SELECT ${columns.map((column, i) => `NULL::${types[i]} AS ${column}`).join(', ')} WHERE false`;
  const parts = own.map((segment) => {
    const path = lakePath(lakeUrl, segment.path).replaceAll("'", "''");
    return `SELECT *, ${segment.positionFrom}::BIGINT + row_offset AS position FROM read_parquet('${path}')`;
  });
  return `(SELECT ${columns.join(', ')} FROM (${[none, ...parts].join('\nUNION ALL BY NAME\n')}))`;
}
