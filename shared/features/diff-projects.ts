import { canonicalJson } from './canonical.ts';
import type { FeatureViewIr, ProjectIr } from './ir.ts';
import { viewKey } from './references.ts';

/** What `churn apply` would change, one line each ('+ added', '~ changed', '- removed'); empty when nothing does. */
export function diffProjects(old: ProjectIr | null, next: ProjectIr): string[] {
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
