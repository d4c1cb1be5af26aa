import { canonicalJson } from './canonical.ts';
import { listed } from './categories.ts';
import { DefinitionError } from './definition-error.ts';
import type { FeatureViewIr, FieldIr, ProjectIr, SourceIr } from './ir.ts';
import { viewKey } from './references.ts';

/** Every view and source that a project's definitions have ever held; removing one does not take its states and segments back. */
export interface AppliedBefore {
  views: readonly FeatureViewIr[];
  sources: readonly SourceIr[];
}

/** Throws DefinitionError, with all faults, for definitions that would give stored states or data another meaning. */
export function requireCompatible(before: AppliedBefore, next: ProjectIr): void {
  const faults = new Set([
    ...next.views.flatMap((view) => forbiddenInView(view, before)),
    ...before.sources.flatMap((source) => forbiddenInSource(source, next)),
  ]);
  if (faults.size > 0) throw new DefinitionError([...faults]);
}

/** What a view computes, without what is only said about it. */
function content(view: FeatureViewIr): string {
  const { entity, source, measures, features } = view;
  return canonicalJson({
    entity,
    source,
    measures,
    features: features.map(({ name, formula }) => ({ name, formula })),
  });
}

function forbiddenInView(after: FeatureViewIr, before: AppliedBefore): string[] {
  const applied = before.views.filter((view) => view.name === after.name);
  const highest = Math.max(0, ...applied.map((view) => view.version));
  const next = `${after.name}@${highest + 1}`;
  if (after.version < highest) {
    return [
      `view ${after.name} goes back from version ${highest} to ${after.version}; versions only rise, make it ${next}`,
    ];
  }
  const newest = applied.find((view) => view.version === after.version);
  if (newest === undefined || content(newest) === content(after)) return [];
  return [
    `view ${viewKey(after)} computes something else than the applied ${viewKey(after)}; raise its version to ${highest + 1}, ` +
      'so that models and stored states keep their meaning',
  ];
}

/** Segments hold fixed-point integers of the old scale, and places in the old list of categories. */
function forbiddenInSource(source: SourceIr, next: ProjectIr): string[] {
  const after = next.sources.find((other) => other.name === source.name);
  const fields = source.fields.flatMap((field) => {
    const now = after?.fields.find((other) => other.name === field.name);
    const where = `source ${source.name}: field ${field.name}`;
    return now === undefined ? [] : forbiddenInField(where, field, now);
  });
  return after === undefined ? fields : [...fields, ...forbiddenKey(source, after)];
}

function forbiddenKey(source: SourceIr, after: SourceIr): string[] {
  if (canonicalJson(source.event_key) === canonicalJson(after.event_key)) return [];
  return [
    `source ${source.name}: its event key was ${keyOf(source)} and cannot become ${keyOf(after)}: it identifies the events that are stored; ` +
      'add a source of another name',
  ];
}

function keyOf({ event_key: key }: SourceIr): string {
  return key === null ? 'none' : key.join(', ');
}

function forbiddenInField(where: string, field: FieldIr, now: FieldIr): string[] {
  if ((field.type === 'category') !== (now.type === 'category'))
    return [
      `${where} is stored as ${field.type}; a category cannot become a number, nor a number a category: add a field of another name`,
    ];
  if (now.scale !== field.scale || now.currency !== field.currency)
    return [
      `${where} is stored with scale ${field.scale}${field.currency === undefined ? '' : ` in ${field.currency}`}; ` +
        'its scale and currency cannot change, add a field of another name',
    ];
  const moved = field.categories?.find((value, place) => now.categories?.[place] !== value);
  if (moved === undefined) return [];
  return [
    `${where}: the category "${moved}" has another place than in the applied list ${listed(field.categories ?? [])}; ` +
      'values are stored as their places, so leave the list as it is and append new ones at its end',
  ];
}
