import type { FeatureViewIr } from '../ir.ts';
import { DAY_US, latestFields, measureUse } from '../measures.ts';
import { viewKey } from '../references.ts';
import {
  exactDouble,
  formulaSql,
  identifier,
  latestColumn,
  latestSql,
  latestValue,
  magnitudeColumn,
  magnitudeSql,
  measureSql,
  windowColumn,
} from './formula-sql.ts';

export interface ViewSqlOptions {
  /** SQL relation (a table, or a query in parentheses) of entity_id, occurred_us, position and the source's fields. */
  events: string;
  /** The instant of the features, microseconds since 1970. */
  cutUs: bigint;
  /** Events known: up to this position. */
  upToPosition: bigint;
  /** Type of the feature columns; FLOAT is what models read, DOUBLE is for tests. */
  type?: 'FLOAT' | 'DOUBLE';
}

/**
 * DuckDB SQL of a view at one instant: one row a customer with an event before it, columns entity_id, days_since_last,
 * days_since_first and `view@version:feature`. One scan, one aggregation.
 */
export function compileViewSql(view: FeatureViewIr, options: ViewSqlOptions): string {
  const type = options.type ?? 'FLOAT';
  const features = view.features.map(
    (feature) =>
      `CAST(${formulaSql(feature.formula)} AS ${type}) AS ${identifier(`${viewKey(view)}:${feature.name}`)}`,
  );
  return `SELECT entity_id, days_since_last, days_since_first, ${features.join(', ')}
FROM (
  SELECT entity_id, ${integers(view, options.cutUs).join(', ')}
  FROM (
    SELECT entity_id, ${aggregates(view, options.cutUs).join(', ')}
    FROM ${options.events} AS event
    WHERE occurred_us < ${options.cutUs}::BIGINT AND position <= ${options.upToPosition}::BIGINT
    GROUP BY entity_id
  ) AS aggregated
) AS exact`;
}

/** The start of the day of `cutUs`, less so many days. */
function windowStart(cutUs: bigint, days: number): bigint {
  return (cutUs / BigInt(DAY_US) - BigInt(days)) * BigInt(DAY_US);
}

/** Each measure over each window that a feature reads. */
function reads(view: FeatureViewIr) {
  const use = measureUse(view).byMeasure;
  return view.measures.flatMap((measure) => {
    const of = use.get(measure.id);
    const windows: (number | null)[] = [...(of?.windows ?? [])].sort((a, b) => a - b);
    return [...windows, ...(of?.lifetime === true ? [null] : [])].map((days) => ({ measure, days }));
  });
}

function aggregates(view: FeatureViewIr, cutUs: bigint): string[] {
  const measures = reads(view).map(({ measure, days }) => {
    const sql = measureSql(measure, days === null ? null : windowStart(cutUs, days));
    return `${sql} AS ${windowColumn(measure.id, days)}`;
  });
  const magnitudes = view.measures.flatMap((measure) => {
    const sql = magnitudeSql(measure);
    return sql === null ? [] : [`${sql} AS ${magnitudeColumn(measure.id)}`];
  });
  const fields = latestFields(view);
  const latest = fields.length === 0 ? [] : [`${latestSql(fields)} AS last_event`];
  return [
    'min(occurred_us) AS first_us',
    'max(occurred_us) AS last_us',
    ...measures,
    ...magnitudes,
    ...latest,
  ];
}

/** occurred_us is never negative, so // (which truncates) is the floor. */
function integers(view: FeatureViewIr, cutUs: bigint): string[] {
  const today = cutUs / BigInt(DAY_US);
  return [
    `${today}::BIGINT - last_us // ${DAY_US} AS days_since_last`,
    `${today}::BIGINT - first_us // ${DAY_US} AS days_since_first`,
    ...reads(view).map(({ measure, days }) => {
      const column = windowColumn(measure.id, days);
      return `${exactDouble(measure, column)} AS ${column}`;
    }),
    ...latestFields(view).map(
      (field) => `CAST(${latestValue('last_event', field)} AS DOUBLE) AS ${latestColumn(field)}`,
    ),
  ];
}
