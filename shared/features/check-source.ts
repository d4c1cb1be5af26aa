import { repeated, unknown } from './check-names.ts';
import type { FieldIr, ProjectIr, SourceIr } from './ir.ts';
import { columnOf, joinColumn } from './references.ts';

/** Names that the platform's own tables and POST /events give a meaning of their own. */
const RESERVED = new Set([
  ...['entity_id', 'occurred_us', 'row_offset', 'event_id', 'position', 'source'],
  ...['ordinal', 'nth', 'good', 'ok', 'as_of'],
]);

/** The faults of one source: its entity, its columns, its fields. */
export function checkSource(ir: ProjectIr, source: SourceIr): string[] {
  const where = `source ${source.name}`;
  const entity = ir.entities.find((candidate) => candidate.name === source.entity);
  const columns = [
    ...(entity === undefined ? [] : [joinColumn(source, entity)]),
    ...(source.timestamp_field === null ? [] : [source.timestamp_field]),
    ...source.fields.map(columnOf),
  ];
  const names = source.fields.map((field) => field.name);
  const reserved = [...new Set([...names, ...columns])].filter((name) => RESERVED.has(name.toLowerCase()));
  return [
    ...unknown(
      where,
      'entity',
      source.entity,
      ir.entities.map((candidate) => candidate.name),
    ),
    ...repeated(`${where}: field`, names),
    ...repeated(`${where}: column`, withoutCase(columns)),
    ...[...new Set(source.event_key?.filter((column, at, all) => all.indexOf(column) !== at))].map(
      (column) => `${where}: its event key names ${column} twice; name it once`,
    ),
    ...reserved.map(
      (name) => `${where}: a column cannot be named ${name}, the platform uses that name; rename it`,
    ),
    ...(source.timestamp_field === null && source.event_key !== null
      ? [
          `${where} has no timestamp column, so the same rows come again as of later instants: it has no event key, make it null`,
        ]
      : []),
    ...source.fields.flatMap((field) => checkField(`${where}: field ${field.name}`, field)),
  ];
}

/** DuckDB, which reads the files, does not tell "Churn" from "churn". */
function withoutCase(columns: readonly string[]): string[] {
  return columns.map(
    (column, at) =>
      columns.find((other, before) => before < at && other.toLowerCase() === column.toLowerCase()) ?? column,
  );
}

function checkField(where: string, field: FieldIr): string[] {
  const { type, categories } = field;
  return [
    ...((type === 'money') !== (field.currency !== undefined)
      ? [`${where} needs a currency exactly when it is money`]
      : []),
    ...(type === 'integer' && field.scale !== 0
      ? [`${where} is an integer with scale ${field.scale}; use scale 0, or decimal`]
      : []),
    ...(type === 'category' && field.scale !== 0
      ? [`${where} is a category with scale ${field.scale}; use scale 0`]
      : []),
    ...((type === 'category') !== (categories !== undefined)
      ? [`${where} needs categories exactly when it is a category`]
      : []),
    ...repeated(`${where}: category`, categories ?? []),
    ...(categories ?? [])
      .filter((value) => value.trim() === '')
      .map(() => `${where} has a blank category; blank cells are missing values, leave it out`),
  ];
}
