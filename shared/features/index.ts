export {
  AGGREGATION_KINDS,
  type AggregationKind,
  aggregationOf,
  countsDays,
  takesField,
} from './aggregations.ts';
export { canonicalJson, definitionsHash } from './canonical.ts';
export { listed } from './categories.ts';
export { DefinitionError } from './definition-error.ts';
export { diffProjects } from './diff-projects.ts';
export {
  entity,
  eventLabel,
  featuresOf,
  featureView,
  inactivityLabel,
  model,
  population,
  project,
  source,
} from './dsl/definitions.ts';
export { category, decimal, integer, money } from './dsl/fields.ts';
export * from './dsl/terms.ts';
export * from './ir.ts';
export { compileView } from './online/compile-view.ts';
export type { OnlineEvent, OnlineView } from './online/online-view.ts';
export { StateFormatError } from './online/varint.ts';
export { parseProjectIr } from './parse-project.ts';
export {
  columnOf,
  findModel,
  findSource,
  findView,
  isEligible,
  joinColumn,
  parseFeatureReference,
  viewsOf,
} from './references.ts';
export { type AppliedBefore, requireCompatible } from './require-compatible.ts';
export { compileSnapshotSql } from './sql/snapshot-sql.ts';
