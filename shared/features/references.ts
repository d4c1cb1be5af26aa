import { among, DefinitionError } from './definition-error.ts';
import type { EntityIr, FeatureViewIr, FieldIr, ModelIr, ProjectIr, SourceIr } from './ir.ts';

export interface FeatureReference {
  view: string;
  version: number;
  feature: string;
}

/** `view@version`: the key of a view's online state and of its columns. */
export function viewKey(view: Pick<FeatureViewIr, 'name' | 'version'>): string {
  return `${view.name}@${view.version}`;
}

/** Splits `view@version:feature`; undefined when the text is not one. */
export function parseFeatureReference(reference: string): FeatureReference | undefined {
  const match = /^([a-z][a-z0-9_]*)@(\d+):([a-z][a-z0-9_]*)$/.exec(reference);
  const [, view, version, feature] = match ?? [];
  if (view === undefined || version === undefined || feature === undefined) return undefined;
  return { view, version: Number(version), feature };
}

/** The column of a source's files and events that a field is read from. */
export function columnOf(field: FieldIr): string {
  return field.column ?? field.name;
}

/** The column of a source's files and events with the entity's identifier. */
export function joinColumn(source: SourceIr, entity: EntityIr): string {
  return source.join_key_column ?? entity.join_key;
}

/** The model of that name, or the project's first. Throws DefinitionError when there is none of that name. */
export function findModel(ir: ProjectIr, name?: string): ModelIr {
  const model = name === undefined ? ir.models[0] : ir.models.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  const known = ir.models.map((candidate) => candidate.name);
  throw new DefinitionError([
    `Project ${ir.project} defines no model "${name ?? ''}" ${among(name ?? '', known)}`,
  ]);
}

/** The source of that name. Throws DefinitionError when there is none. */
export function findSource(ir: ProjectIr, name: string): SourceIr {
  const source = ir.sources.find((candidate) => candidate.name === name);
  if (source !== undefined) return source;
  const known = ir.sources.map((candidate) => candidate.name);
  throw new DefinitionError([`Project ${ir.project} defines no source "${name}" ${among(name, known)}`]);
}

/** The view that `view` or `view@version` names. Throws DefinitionError when there is none. */
export function findView(ir: ProjectIr, name: string): FeatureViewIr {
  const view = ir.views.find((candidate) => candidate.name === name || viewKey(candidate) === name);
  if (view !== undefined) return view;
  throw new DefinitionError([
    `Project ${ir.project} defines no view "${name}" ${among(name, ir.views.map(viewKey))}`,
  ]);
}

/** The views that these feature references and the population need, the one that the population is of first. */
export function viewsOf(ir: ProjectIr, features: readonly string[]): FeatureViewIr[] {
  const { unless } = ir.population;
  const needed = unless === undefined ? features : [...features, unless];
  const wanted = new Set(needed.map((reference) => reference.slice(0, reference.indexOf(':'))));
  const population = findView(ir, ir.population.view);
  wanted.delete(viewKey(population));
  return [population, ...[...wanted].map((key) => findView(ir, key))];
}

/** Whether a customer is in the project's population whose last event lies so many whole days back; `unless`: the feature of that name, NaN for null. */
export function isEligible(
  { population }: ProjectIr,
  customer: { daysSinceLast: number | null; unless: number },
): boolean {
  const { daysSinceLast, unless } = customer;
  return daysSinceLast !== null && daysSinceLast <= population.active_within_days && !(unless > 0);
}
