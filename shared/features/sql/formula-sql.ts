import { aggregationOf, countsDays } from '../aggregations.ts';
import type { ConditionIr, FormulaIr, IntExpression, MeasureIr } from '../ir.ts';
import { DAY_US } from '../measures.ts';
import { INEXACT } from '../online/layout.ts';

/** A quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted SQL string. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Column of a measure over a window (days), or over all time (null), in the aggregation below the formulas. */
export function windowColumn(measure: string, days: number | null): string {
  return identifier(days === null ? `${measure}:all` : `${measure}:${days}`);
}

/** Column of a field's value on the last event, in the aggregation below the formulas. */
export function latestColumn(field: string): string {
  return identifier(`${field}@latest`);
}

/** A condition on a row's field; NULL where the field is missing. */
export function conditionSql(where: ConditionIr): string {
  return `${identifier(where.field)} ${where.op} ${where.value}::BIGINT`;
}

/** The aggregate of a measure over rows at or after `sinceUs` (null: all rows). Counts and sums are exact integers. */
export function measureSql(measure: MeasureIr, sinceUs: bigint | null): string {
  const aggregation = aggregationOf(measure);
  const column = identifier(measure.field ?? '');
  const since = sinceUs === null ? null : `occurred_us >= ${sinceUs}::BIGINT`;
  const where = measure.where === null ? null : conditionSql(measure.where);
  if (aggregation.result === 'field')
    return `coalesce(sum(${aggregation.addsSql(column)})${filterOf(since, where)}, 0)`;
  // occurred_us is never negative, so // (which truncates) is the floor.
  const counted = countsDays(aggregation) ? `DISTINCT occurred_us // ${DAY_US}` : '*';
  return `count(${counted})${filterOf(since, where, aggregation.countsSql(column))}`;
}

/** An aggregate's FILTER clause with a space before it; nothing without a condition. */
function filterOf(...conditions: (string | null)[]): string {
  const all = conditions.filter((condition) => condition !== null).map((condition) => `(${condition})`);
  return all.length === 0 ? '' : ` FILTER (WHERE ${all.join(' AND ')})`;
}

/**
 * The last event's values of these fields as one struct: arg_max passes over rows whose argument is NULL, and a struct of a missing value is
 * none. Positions tell events of one time apart.
 */
export function latestSql(fields: readonly string[]): string {
  const values = fields.map((field) => `${literal(field)}: ${identifier(field)}`);
  return `arg_max({${values.join(', ')}}, {'us': occurred_us, 'position': position})`;
}

/** A field out of that struct. */
export function latestValue(struct: string, field: string): string {
  return `struct_extract(${struct}, ${literal(field)})`;
}

/** Column of the absolute values that a sum is made of, added up over all time, in the aggregation below the formulas. */
export function magnitudeColumn(measure: string): string {
  return identifier(`${measure}:magnitude`);
}

/** That aggregate; null for a measure that adds nothing up. */
export function magnitudeSql(measure: MeasureIr): string | null {
  const aggregation = aggregationOf(measure);
  if (aggregation.result !== 'field') return null;
  const where = measure.where === null ? null : conditionSql(measure.where);
  return `coalesce(sum(abs(${aggregation.addsSql(identifier(measure.field ?? ''))}))${filterOf(where)}, 0)`;
}

/** A measure's integer as DOUBLE; NULL for a sum that is not exact any more, as online (see INEXACT). */
export function exactDouble(measure: MeasureIr, column: string): string {
  const double = `CAST(${column} AS DOUBLE)`;
  if (aggregationOf(measure).result !== 'field') return double;
  return `CASE WHEN ${magnitudeColumn(measure.id)} < ${INEXACT} THEN ${double} END`;
}

/**
 * An integer expression as DOUBLE arithmetic: leaves are exact, and both engines then do the same IEEE 754 operations in the same
 * order, so that they agree even where a product leaves the exact integers.
 */
function integerSql(expression: IntExpression): string {
  switch (expression.op) {
    case 'const':
      return `${expression.value}::DOUBLE`;
    case 'days_since_last':
    case 'days_since_first':
      return `CAST(${expression.op} AS DOUBLE)`;
    case 'latest':
      return latestColumn(expression.field);
    case 'window':
      return windowColumn(expression.measure, expression.days);
    case 'add':
      return `(${integerSql(expression.left)} + ${integerSql(expression.right)})`;
    case 'sub':
      return `(${integerSql(expression.left)} - ${integerSql(expression.right)})`;
    case 'mul':
      return `(${integerSql(expression.left)} * ${integerSql(expression.right)} + 0::DOUBLE)`;
  }
}

/** The last step, DOUBLE, NULL for null; see formulaIr. Division is written out, never an engine's AVG. */
export function formulaSql(formula: FormulaIr): string {
  const scale = `${formula.scale}::DOUBLE`;
  if (formula.op === 'value') return `${integerSql(formula.of)} / ${scale}`;
  const above = integerSql(formula.numerator);
  const below = integerSql(formula.denominator);
  return `CASE WHEN ${below} = 0 OR ${above} IS NULL OR ${below} IS NULL THEN NULL WHEN ${above} = 0 THEN 0::DOUBLE ELSE ${above} / ${below} / ${scale} END`;
}
