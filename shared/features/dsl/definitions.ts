import type { z } from 'zod';
import { among, DefinitionError } from '../definition-error.ts';
import type {
  EntityIr,
  FeatureViewIr,
  LabelIr,
  ModelIr,
  modelIr,
  PopulationIr,
  ProjectIr,
  SourceIr,
} from '../ir.ts';
import { parseProjectIr } from '../parse-project.ts';
import { viewKey } from '../references.ts';
import { lowerCondition } from './conditions.ts';
import { describeFeature } from './describe.ts';
import type { Field } from './fields.ts';
import { Lowering } from './lower.ts';
import { onlyKnown } from './only-known.ts';
import type { Feature, Over, Term } from './terms.ts';

/** Who events are about. `joinKey` is the column with the identifier. */
export function entity(definition: { name: string; joinKey: string; description?: string }): EntityIr {
  onlyKnown(`entity ${definition.name}`, definition, ['name', 'joinKey', 'description']);
  return { name: definition.name, join_key: definition.joinKey, description: definition.description ?? '' };
}

/** A stream of events about an entity, or a table of its attributes as of some instants. */
export function source(definition: {
  name: string;
  entity: EntityIr;
  /** The column with the identifier, where files call it something else than the entity's joinKey. */
  joinKeyColumn?: string;
  /**
   * The column that says when the event occurred; null for a table of what is so about each customer: each import says as of when, and
   * each event carries `as_of`.
   */
  timestampField: string | null;
  /** Columns that identify an event in a file; null when there are none: (file content, line) then does. */
  eventKey: readonly string[] | null;
  /** A finished data set: no new events are expected. */
  static?: boolean;
  fields: Readonly<Record<string, Field>>;
  description?: string;
}): SourceIr {
  onlyKnown(`source ${definition.name}`, definition, [
    'name',
    'entity',
    'joinKeyColumn',
    'timestampField',
    'eventKey',
    'static',
    'fields',
    'description',
  ]);
  return {
    name: definition.name,
    entity: definition.entity.name,
    ...(definition.joinKeyColumn !== undefined && { join_key_column: definition.joinKeyColumn }),
    timestamp_field: definition.timestampField,
    event_key: definition.eventKey === null ? null : [...definition.eventKey],
    static: definition.static ?? false,
    fields: Object.entries(definition.fields).map(([name, field]) => ({ name, ...field })),
    description: definition.description ?? '',
  };
}

/** Features of one source. Raise `version` whenever what they compute changes. Throws DefinitionError with all faults. */
export function featureView(definition: {
  name: string;
  version: number;
  source: SourceIr;
  features: Readonly<Record<string, Term | Feature>>;
  description?: string;
  owner?: string;
}): FeatureViewIr {
  onlyKnown(`view ${definition.name}`, definition, [
    'name',
    'version',
    'source',
    'features',
    'description',
    'owner',
  ]);
  const lowering = new Lowering(definition.source);
  const features = Object.entries(definition.features).map(([name, written]) => {
    const feature: Feature = 'last' in written ? written : { last: 'value', of: written };
    const where = `view ${definition.name}: feature ${name}`;
    lowering.faults.push(...checkName(where, name, feature));
    const { formula, unit } = lowering.feature(where, feature);
    return { name, description: describeFeature(feature), unit, formula };
  });
  if (features.length === 0) lowering.faults.push(`view ${definition.name} has no features; add one`);
  if (lowering.faults.length > 0) throw new DefinitionError(lowering.faults);
  const { name, version, description = '', owner = '' } = definition;
  const measures = [...lowering.measures.values()];
  return {
    name,
    version,
    entity: definition.source.entity,
    source: definition.source.name,
    description,
    owner,
    measures,
    features,
  };
}

/** The name of a plain count, sum or mean over a window ends in it, so that nobody reads 7 days as 30. */
function checkName(where: string, name: string, feature: Feature): string[] {
  const over = plainWindow(feature);
  const named = /_(\d+)d$/.exec(name)?.[1];
  if (over !== undefined && over.days === undefined && named !== undefined)
    return [`${where} is over all time; give it { days: ${named} }, or another name`];
  const days = over?.days;
  if (days === undefined || name.endsWith(`_${days}d`)) return [];
  return [`${where} is over ${days} days; end its name in _${days}d`];
}

function plainWindow(feature: Feature): Over | undefined {
  const term = feature.last === 'value' ? feature.of : feature.above;
  if (term.term !== 'aggregate') return undefined;
  if (feature.last === 'value') return term.over;
  const below = feature.below;
  const mean = below.term === 'aggregate' && below.kind === 'count' && below.over === term.over;
  return mean && term.kind === 'sum' ? term.over : undefined;
}

/** Who counts at an instant: customers whose last event in the view's source lies within so many whole days, and who have not left. */
export function population(definition: {
  view: FeatureViewIr;
  activeWithinDays: number;
  /** A feature as featuresOf() gives it: customers of whom it is above 0 have left. */
  unless?: string;
  description?: string;
}): PopulationIr {
  onlyKnown('population', definition, ['view', 'activeWithinDays', 'unless', 'description']);
  const { view, activeWithinDays, unless, description = '' } = definition;
  return {
    view: view.name,
    active_within_days: activeWithinDays,
    ...(unless !== undefined && { unless }),
    description,
  };
}

/** Churned: no event of the source in [t, t + horizonDays). */
export function inactivityLabel(definition: {
  name: string;
  source: SourceIr;
  horizonDays: number;
  description?: string;
}): LabelIr {
  onlyKnown(`label ${definition.name}`, definition, ['name', 'source', 'horizonDays', 'description']);
  const { name, horizonDays, description = '' } = definition;
  return { name, kind: 'inactivity', source: definition.source.name, horizon_days: horizonDays, description };
}

/** Churned: an event of the source, one that meets `where`, in [t, t + horizonDays). Throws DefinitionError for a `where` that is none. */
export function eventLabel(definition: {
  name: string;
  source: SourceIr;
  where?: Over['where'];
  horizonDays: number;
  description?: string;
}): LabelIr {
  onlyKnown(`label ${definition.name}`, definition, [
    'name',
    'source',
    'where',
    'horizonDays',
    'description',
  ]);
  const { name, source: from, where, horizonDays, description = '' } = definition;
  const faults: string[] = [];
  const condition = where === undefined ? null : lowerCondition(`label ${name}`, from, where, faults);
  if (faults.length > 0) throw new DefinitionError(faults);
  return { name, kind: 'event', source: from.name, where: condition, horizon_days: horizonDays, description };
}

/** References to the view's features: those named, or all, in the view's order. Throws DefinitionError for an unknown name. */
export function featuresOf(view: FeatureViewIr, ...names: string[]): string[] {
  const known = view.features.map((feature) => feature.name);
  const faults = names
    .filter((name) => !known.includes(name))
    .map((name) => `view ${viewKey(view)} has no feature "${name}" ${among(name, known)}`);
  if (faults.length > 0) throw new DefinitionError(faults);
  return (names.length === 0 ? known : names).map((name) => `${viewKey(view)}:${name}`);
}

/** A model: which features, which label, how it is trained. Features are references as featuresOf() gives them. */
export function model(definition: {
  name: string;
  entity: EntityIr;
  label: LabelIr;
  features: readonly string[];
  /** What a one-feature baseline ranks by; higher means likelier to churn. */
  baselineFeature: string;
  /** What the CRM gets beside the score. */
  exportFeatures?: readonly string[];
  training: z.infer<typeof modelIr>['training'];
  thresholds?: { medium: number; high: number };
}): ModelIr {
  onlyKnown(`model ${definition.name}`, definition, [
    'name',
    'entity',
    'label',
    'features',
    'baselineFeature',
    'exportFeatures',
    'training',
    'thresholds',
  ]);
  return {
    name: definition.name,
    entity: definition.entity.name,
    label: definition.label.name,
    features: [...definition.features],
    baseline_feature: definition.baselineFeature,
    training: definition.training,
    thresholds: definition.thresholds ?? { medium: 0.3, high: 0.7 },
    export_features: [...(definition.exportFeatures ?? [])],
  };
}

/** A whole project, checked. Throws DefinitionError with all faults. */
export function project(definition: {
  id: string;
  description?: string;
  entities: readonly EntityIr[];
  sources: readonly SourceIr[];
  views: readonly FeatureViewIr[];
  population: PopulationIr;
  labels: readonly LabelIr[];
  models: readonly ModelIr[];
}): ProjectIr {
  onlyKnown(`project ${definition.id}`, definition, [
    'id',
    'description',
    'entities',
    'sources',
    'views',
    'population',
    'labels',
    'models',
  ]);
  const { id, description = '', ...rest } = definition;
  return parseProjectIr({ format: 1, project: id, description, ...rest });
}
