import { canonicalJson } from './canonical.ts';
import { DefinitionError } from './definition-error.ts';
import type { FeatureViewIr, ProjectIr, SourceIr } from './ir.ts';
import { viewKey } from './references.ts';

/**
 * What `churn apply` would change, one line each ('+ added', '~ changed', '- removed'); empty when nothing does. Throws
 * DefinitionError for changes that would give stored states or data another meaning.
 */
export function diffProjects(old: ProjectIr | null, next: ProjectIr): string[] {
  if (old !== null) {
    const faults = forbidden(old, next);
    if (faults.length > 0) throw new DefinitionError(faults);
  }
  return [
    ...(old !== null && old.description !== next.description ? ['~ description'] : []),
    ...diffNamed('entity', old?.entities ?? [], next.entities),
    ...diffNamed('source', old?.sources ?? [], next.sources),
    ...diffViews(old?.views ?? [], next.views),
    ...(old === null ? ['+ population'] : changed('population', old.population, next.population)),
    ...diffNamed('label', old?.labels ?? [], next.labels),
    ...diffNamed('model', old?.models ?? [], next.models),
  ];
}

function changed(what: string, old: unknown, next: unknown): string[] {
  return canonicalJson(old) === canonicalJson(next) ? [] : [`~ ${what}`];
}

function diffNamed(
  kind: string,
  old: readonly { name: string }[],
  next: readonly { name: string }[],
): string[] {
  const removed = old.filter((thing) => !next.some((other) => other.name === thing.name));
  return [
    ...next.flatMap((thing) => {
      const before = old.find((other) => other.name === thing.name);
      return before === undefined
        ? [`+ ${kind} ${thing.name}`]
        : changed(`${kind} ${thing.name}`, before, thing);
    }),
    ...removed.map((thing) => `- ${kind} ${thing.name}`),
  ];
}

function diffViews(old: readonly FeatureViewIr[], next: readonly FeatureViewIr[]): string[] {
  const removed = old.filter((view) => !next.some((other) => other.name === view.name));
  return [
    ...next.flatMap((view) => diffView(old, view)),
    ...removed.map((view) => `- view ${viewKey(view)}`),
  ];
}

function diffView(old: readonly FeatureViewIr[], view: FeatureViewIr): string[] {
  const before = old.find((other) => other.name === view.name);
  if (before === undefined) {
    return [
      `+ view ${viewKey(view)}`,
      ...view.features.map((feature) => `+ feature ${viewKey(view)}:${feature.name}`),
    ];
  }
  const lines = diffNamed('feature', before.features, view.features);
  if (before.version !== view.version) return [`~ view ${viewKey(before)} -> ${viewKey(view)}`, ...lines];
  return lines.length > 0 ? lines : changed(`view ${viewKey(view)}`, before, view);
}

function forbidden(old: ProjectIr, next: ProjectIr): string[] {
  return [
    ...(old.project === next.project
      ? []
      : [`project ${old.project} cannot become ${next.project}; apply it as a project of its own`]),
    ...old.views.flatMap((view) => forbiddenInView(view, next)),
    ...old.sources.flatMap((source) => forbiddenInSource(source, next)),
  ];
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

function forbiddenInView(view: FeatureViewIr, next: ProjectIr): string[] {
  const after = next.views.find((other) => other.name === view.name);
  if (after === undefined || after.version > view.version) return [];
  if (after.version < view.version) {
    return [
      `view ${view.name} goes back from version ${view.version} to ${after.version}; versions only rise`,
    ];
  }
  if (content(view) === content(after)) return [];
  return [
    `view ${viewKey(view)} computes something else than the applied ${viewKey(view)}; raise its version to ${view.version + 1}, ` +
      'so that models and stored states keep their meaning',
  ];
}

/** Segments hold fixed-point integers of the old scale. */
function forbiddenInSource(source: SourceIr, next: ProjectIr): string[] {
  const after = next.sources.find((other) => other.name === source.name);
  return source.fields.flatMap((field) => {
    const now = after?.fields.find((other) => other.name === field.name);
    if (now === undefined || (now.scale === field.scale && now.currency === field.currency)) return [];
    return [
      `source ${source.name}: field ${field.name} is stored with scale ${field.scale}${field.currency === undefined ? '' : ` in ${field.currency}`}; ` +
        'its scale and currency cannot change, add a field of another name',
    ];
  });
}
