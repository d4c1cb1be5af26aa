import { DefinitionError } from '../definition-error.ts';
import type { LabelIr, ProjectIr } from '../ir.ts';
import { DAY_US } from '../measures.ts';
import { findModel, viewKey, viewsOf } from '../references.ts';
import { conditionSql, identifier } from './formula-sql.ts';
import { compileViewSql } from './view-sql.ts';

export interface SnapshotSqlOptions {
  /** Name of the model whose features are wanted. */
  model: string;
  /** Per source name: a SQL relation (a table, or a query in parentheses) of entity_id, occurred_us, position and its fields. */
  events: Readonly<Record<string, string>>;
  /** Instants of the snapshot, microseconds since 1970. */
  cuts: readonly bigint[];
  /** Events known: up to this position. */
  upToPosition: bigint;
  /** Adds the column label; the caller sees to it that the horizon of every cut has passed. */
  label?: boolean;
  /** Only customers of the project's population. */
  eligibleOnly?: boolean;
  /** Type of the feature columns; FLOAT is what models read, DOUBLE is for tests. */
  type?: 'FLOAT' | 'DOUBLE';
}

/**
 * DuckDB SQL of a model's features at each cut: entity_id VARCHAR, cut_us BIGINT, eligible BOOLEAN, [label BOOLEAN], then a column
 * `view@version:feature` each in the model's order; sorted by cut_us, entity_id. A customer appears from its first event on.
 *
 * Several cuts are several aggregations over the same relation, each with constants for its bounds: measured faster than joining
 * events to cuts (which multiplies the rows before it aggregates), see bench/results.md.
 */
export function compileSnapshotSql(ir: ProjectIr, options: SnapshotSqlOptions): string {
  const cuts = options.cuts.map((cutUs) => cutSql(ir, options, cutUs));
  return `${cuts.join('\nUNION ALL\n')}\nORDER BY cut_us, entity_id`;
}

function cutSql(ir: ProjectIr, options: SnapshotSqlOptions, cutUs: bigint): string {
  const model = findModel(ir, options.model);
  const label = ir.labels.find((candidate) => candidate.name === model.label);
  const eligible = eligibleSql(ir);
  const labelled = options.label === true && label !== undefined;
  const columns = [
    'population.entity_id AS entity_id',
    `${cutUs}::BIGINT AS cut_us`,
    `${eligible} AS eligible`,
    ...(labelled ? [`later.entity_id ${label.kind === 'event' ? 'IS NOT NULL' : 'IS NULL'} AS label`] : []),
    ...model.features.map((reference) => `${featureColumn(ir, reference)} AS ${identifier(reference)}`),
  ];
  const later = labelled
    ? `\nLEFT JOIN (${laterSql(label, options, cutUs)}) AS later ON later.entity_id = population.entity_id`
    : '';
  const where = options.eligibleOnly === true ? `\nWHERE ${eligible}` : '';
  return `(SELECT ${columns.join(', ')}\nFROM ${viewJoins(ir, options, cutUs, model.features)}${later}${where})`;
}

/** As isEligible has it. */
function eligibleSql(ir: ProjectIr): string {
  const { active_within_days, unless } = ir.population;
  const active = `population.days_since_last <= ${active_within_days}`;
  if (unless === undefined) return active;
  return `(${active} AND NOT coalesce(${featureColumn(ir, unless)} > 0, false))`;
}

function alias(ir: ProjectIr, key: string): string {
  const population = ir.views.find((view) => view.name === ir.population.view);
  return population !== undefined && viewKey(population) === key ? 'population' : identifier(key);
}

function featureColumn(ir: ProjectIr, reference: string): string {
  return `${alias(ir, reference.slice(0, reference.indexOf(':')))}.${identifier(reference)}`;
}

/** The population's view decides who appears. A customer without an event in another view has NULL there. */
function viewJoins(
  ir: ProjectIr,
  options: SnapshotSqlOptions,
  cutUs: bigint,
  features: readonly string[],
): string {
  const { upToPosition, type = 'FLOAT' } = options;
  return viewsOf(ir, features)
    .map((view, index) => {
      const sql = compileViewSql(view, { events: relation(options, view.source), cutUs, upToPosition, type });
      const name = alias(ir, viewKey(view));
      return index === 0
        ? `(${sql}) AS ${name}`
        : `LEFT JOIN (${sql}) AS ${name} ON ${name}.entity_id = population.entity_id`;
    })
    .join('\n');
}

/** Customers with an event of the label in its horizon: that is how they churned, or showed that they did not. */
function laterSql(label: LabelIr, options: SnapshotSqlOptions, cutUs: bigint): string {
  const endUs = cutUs + BigInt(label.horizon_days) * BigInt(DAY_US);
  const where = label.kind === 'event' && label.where !== null ? ` AND ${conditionSql(label.where)}` : '';
  return `SELECT DISTINCT entity_id FROM ${relation(options, label.source)} AS event
  WHERE occurred_us >= ${cutUs}::BIGINT AND occurred_us < ${endUs}::BIGINT AND position <= ${options.upToPosition}::BIGINT${where}`;
}

function relation(options: SnapshotSqlOptions, source: string): string {
  const found = options.events[source];
  if (found !== undefined) return found;
  throw new DefinitionError([
    `compileSnapshotSql: no relation given for the events of source "${source}"; add it to options.events`,
  ]);
}
