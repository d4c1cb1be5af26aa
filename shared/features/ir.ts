import { z } from 'zod';
import { AGGREGATION_KINDS } from './aggregations.ts';

/**
 * The intermediate representation of a project's definitions: what `churn apply` stores in the catalog and what every service runs.
 * It is plain JSON; the compilers to DuckDB SQL and to the online evaluator read nothing else.
 *
 * Every number below a feature's last step is an integer: counts, sums of fixed-point fields, whole days.
 */

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower case letters, digits and _, starting with a letter, at most 63');

/** A column as files and events spell it. */
const columnName = z
  .string()
  .regex(/^[^\p{Cc}"]{1,128}$/u, '1 to 128 characters without quotes and control characters');

/** A field, held as an integer: a number times 10^scale, or the place of a text among its categories (the first is 0). */
const fieldIr = z.strictObject({
  name,
  type: z.enum(['money', 'integer', 'decimal', 'category']),
  /** The column that it is read from, where that has another name than the field. */
  column: columnName.optional(),
  /** Decimal places kept; 0 for integer and category. */
  scale: z.int().min(0).max(6),
  /** The values of a category, in an order that only grows at its end: stored integers count into it. */
  categories: z.array(z.string().min(1).max(200)).min(1).max(1000).optional(),
  /** ISO 4217, for money only. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as USD')
    .optional(),
  description: z.string().default(''),
});

const entityIr = z.strictObject({ name, join_key: name, description: z.string().default('') });

const sourceIr = z.strictObject({
  name,
  entity: name,
  /** The column with the entity's identifier, where that has another name than the entity's join key. */
  join_key_column: columnName.optional(),
  /** The column that says when the event occurred; null: a row holds as of the instant that its import or event gives. */
  timestamp_field: columnName.nullable(),
  /** Columns that identify an event, or null: then (file content, line) does for files; REST always has event_id. */
  event_key: z.array(columnName).min(1).nullable(),
  /** A finished data set: no new events are expected, so its age alarms nobody. */
  static: z.boolean(),
  fields: z.array(fieldIr),
  description: z.string().default(''),
});

/** A condition on one event's field; `value` is in the field's fixed point, or a category's place in its list (= and <> only). */
const conditionIr = z.strictObject({
  field: name,
  op: z.enum(['>=', '>', '<=', '<', '=', '<>']),
  value: z.int(),
});

/** Made of names of fields, so longer than one. */
const measureId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,199}$/, 'lower case letters, digits and _, at most 200');

/** What a view accumulates per customer and day (see AGGREGATIONS), perhaps under a condition; `field` where it is of one. */
const measureIr = z.strictObject({
  id: measureId,
  kind: z.enum(AGGREGATION_KINDS),
  field: name.optional(),
  where: conditionIr.nullable(),
});

/** An integer known at instant t. null where there is no event to speak of. */
export type IntExpression =
  /** A measure over [start of day(t) - days, t), or over all time before t when days is null. */
  | { op: 'window'; measure: string; days: number | null }
  /** Whole UTC days from the last (first) event before t to t; null without one. */
  | { op: 'days_since_last' }
  | { op: 'days_since_first' }
  /** A field's value on the last event before t (by time, then position); null where it is missing on that event. */
  | { op: 'latest'; field: string }
  | { op: 'const'; value: number }
  | { op: 'add' | 'sub' | 'mul'; left: IntExpression; right: IntExpression };

const intExpression: z.ZodType<IntExpression> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({
      op: z.literal('window'),
      measure: measureId,
      days: z.int().min(1).max(3650).nullable(),
    }),
    z.strictObject({ op: z.literal('days_since_last') }),
    z.strictObject({ op: z.literal('days_since_first') }),
    z.strictObject({ op: z.literal('latest'), field: name }),
    z.strictObject({ op: z.literal('const'), value: z.int() }),
    z.strictObject({ op: z.enum(['add', 'sub', 'mul']), left: intExpression, right: intExpression }),
  ]),
);

/**
 * The last step from integers to Float64, then Float32; written out so that every engine rounds alike:
 * - value:    null if `of` is null, else double(of) / scale
 * - quotient: null if either is null or denominator = 0; 0 if numerator = 0; else double(numerator) / double(denominator) / scale
 * `scale` is a positive integer (100 for cents).
 */
const formulaIr = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('value'), of: intExpression, scale: z.int().min(1) }),
  z.strictObject({
    op: z.literal('quotient'),
    numerator: intExpression,
    denominator: intExpression,
    scale: z.int().min(1),
  }),
]);

const featureIr = z.strictObject({
  name,
  description: z.string().min(1),
  unit: z.string().default(''),
  formula: formulaIr,
});

const featureViewIr = z.strictObject({
  name,
  version: z.int().min(1),
  entity: name,
  source: name,
  description: z.string().default(''),
  owner: z.string().default(''),
  measures: z.array(measureIr).max(64),
  features: z.array(featureIr).min(1).max(256),
});

const featureReference = z.string().regex(/^[a-z][a-z0-9_]*@\d+:[a-z][a-z0-9_]*$/, 'view@version:feature');

/** Who counts at instant t: customers whose last event lies within so many whole days (and who have one), unless a feature says they have left. */
const populationIr = z.strictObject({
  view: name,
  active_within_days: z.int().min(1).max(3650),
  /** Customers of whom this feature is above 0 at t do not count. */
  unless: featureReference.optional(),
  description: z.string().default(''),
});

const labelled = {
  name,
  source: name,
  horizon_days: z.int().min(1).max(3650),
  description: z.string().default(''),
};

/** Who churned at t; known once t + horizon_days has passed. */
const labelIr = z.discriminatedUnion('kind', [
  /** No event of `source` in [t, t + horizon_days). */
  z.strictObject({ ...labelled, kind: z.literal('inactivity') }),
  /** An event of `source` that meets `where` in [t, t + horizon_days). */
  z.strictObject({ ...labelled, kind: z.literal('event'), where: conditionIr.nullable() }),
]);

export const modelIr = z.strictObject({
  name,
  entity: name,
  label: name,
  /** Ordered feature references `view@version:feature`. */
  features: z.array(featureReference).min(1),
  /** The feature that a one-feature baseline ranks by; higher means likelier to churn. */
  baseline_feature: z.string(),
  training: z.strictObject({
    algorithm: z.enum(['boosted-trees', 'random-forest']),
    /** Training cuts, `cut_every_days` apart, the last ending its label horizon on the test cut. */
    cuts: z.int().min(1).max(60),
    cut_every_days: z.int().min(1).max(366),
    trees: z.int().min(1).max(2000),
    depth: z.int().min(1).max(12),
    /** What each boosted tree adds of its answer. A random forest has no such thing and takes no notice of it. */
    learning_rate: z.number().positive().max(1),
    /** XGBoost takes a seed modulo 2^32: a greater one would be another's. */
    seed: z.int().min(0).max(4_294_967_295),
    /** Judged on folds by customer of the one cut; absent: on a later cut, held out whole. */
    validation: z.strictObject({ folds: z.int().min(2).max(20) }).optional(),
  }),
  /** Probability bounds: low < medium <= ... < high <= ... */
  thresholds: z.strictObject({ medium: z.number().min(0).max(1), high: z.number().min(0).max(1) }),
  /** Features the CRM gets beside the score. */
  export_features: z.array(z.string()),
});

export const projectIr = z.strictObject({
  format: z.literal(1),
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower case letters, digits and -, starting with a letter'),
  description: z.string().default(''),
  entities: z.array(entityIr).min(1),
  sources: z.array(sourceIr).min(1),
  views: z.array(featureViewIr).min(1),
  population: populationIr,
  labels: z.array(labelIr).min(1),
  models: z.array(modelIr).min(1),
});

export type FieldIr = z.infer<typeof fieldIr>;
export type EntityIr = z.infer<typeof entityIr>;
export type SourceIr = z.infer<typeof sourceIr>;
export type ConditionIr = z.infer<typeof conditionIr>;
export type MeasureIr = z.infer<typeof measureIr>;
export type FormulaIr = z.infer<typeof formulaIr>;
export type FeatureIr = z.infer<typeof featureIr>;
export type FeatureViewIr = z.infer<typeof featureViewIr>;
export type PopulationIr = z.infer<typeof populationIr>;
export type LabelIr = z.infer<typeof labelIr>;
export type ModelIr = z.infer<typeof modelIr>;
export type ProjectIr = z.infer<typeof projectIr>;
