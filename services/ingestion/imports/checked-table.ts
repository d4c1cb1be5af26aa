import { columnOf, type FieldIr } from '@churn/features';
import type { Duck } from '@churn/lake';
import type { SourceRules } from '../events/source-rules.ts';
import { ID_LENGTH } from '../events/source-rules.ts';

const name = (column: string) => `"${column.replaceAll('"', '""')}"`;

/** Dates, and ISO 8601 with a zone; see parseTimestamp, which words the faults. */
const DATE = String.raw`\d{4}-\d{2}-\d{2}`;
const INSTANT = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6}0*)?)?(Z|[+-]\d{2}:?\d{2})`;

/**
 * Makes the table `checked` of `raw`: ordinal, entity_id, occurred_us, each field as a fixed-point BIGINT, and `good`. All of it in DuckDB, since
 * files have millions of rows; rows that are not good are looked at again one by one to word what is wrong.
 */
export async function checkRaw(duck: Duck, rules: SourceRules): Promise<{ good: number; bad: number }> {
  const fields = rules.fields.map((field) => `${stored(field)} AS ${name(field.name)}`);
  const valid = [
    ...[rules.joinKey, ...rules.keyOnly].map((column) => idOk(`r.${name(column)}`)),
    ...rules.fields.map((field) => `(${blank(field)} OR ${stored(field)} IS NOT NULL)`),
  ];
  await duck.run(
    `CREATE TEMP TABLE checked AS
     SELECT p.*, (occurred_us BETWEEN 0 AND 9007199254740991 AND ok) AS good
     FROM (SELECT ordinal, r.${name(rules.joinKey)} AS entity_id, ${instant(`r.${name(rules.timestampField)}`)} AS occurred_us, ${[...fields, ''].join(', ')}
             (${valid.join(' AND ')}) AS ok
           FROM raw r) p`,
  );
  const [row] = await duck.rows<{ good: bigint; bad: bigint }>(
    'SELECT count(*) FILTER (good) AS good, count(*) FILTER (NOT coalesce(good, false)) AS bad FROM checked',
  );
  return { good: Number(row?.good ?? 0), bad: Number(row?.bad ?? 0) };
}

function idOk(column: string): string {
  return `(length(${column}) BETWEEN 1 AND ${ID_LENGTH} AND NOT regexp_matches(${column}, '[\\x00-\\x1f\\x7f]'))`;
}

/** A field's text as parseField has it: its fixed point, or its place among the categories. NULL where it is blank or not valid. */
function stored(field: FieldIr): string {
  const column = `r.${name(columnOf(field))}`;
  if (field.categories === undefined) return fixedPoint(column, field.scale);
  const list = field.categories.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
  return `(nullif(list_position([${list}], ${column}), 0) - 1)::BIGINT`;
}

function blank(field: FieldIr): string {
  return `regexp_full_match(r.${name(columnOf(field))}, '\\s*')`;
}

/** The text's digits as one integer: 12.5 at scale 2 is 1250. NULL when there are more decimals, or none of it is a number. */
function fixedPoint(column: string, scale: number): string {
  const decimals = `rtrim(split_part(${column}, '.', 2), '0')`;
  const digits = `split_part(${column}, '.', 1) || rpad(${decimals}, ${scale}, '0')`;
  const value = `TRY_CAST(${digits} AS BIGINT)`;
  return `CASE WHEN regexp_full_match(${column}, '[+-]?\\d+(\\.\\d+)?') AND length(${decimals}) <= ${scale} AND ${value} BETWEEN -9007199254740991 AND 9007199254740991 THEN ${value} END`;
}

function instant(column: string): string {
  // DuckDB casts no time without seconds.
  const withSeconds = `regexp_replace(${column}, '^(.{16})([Z+-])', '\\1:00\\2')`;
  return `CASE WHEN regexp_full_match(${column}, '${DATE}') THEN epoch_us(TRY_CAST(${column} AS TIMESTAMP))
    WHEN regexp_full_match(${column}, '${INSTANT}') THEN epoch_us(TRY_CAST(${withSeconds} AS TIMESTAMPTZ)) END`;
}
