import { unknown } from './check-names.ts';
import type { ProjectIr } from './ir.ts';
import { parseFeatureReference, viewKey } from './references.ts';

/** The fault of a text that should name a feature. */
export function checkReference(ir: ProjectIr, where: string, text: string): string[] {
  const reference = parseFeatureReference(text);
  if (reference === undefined)
    return [`${where}: "${text}" is not a feature reference; write view@version:feature`];
  const view = ir.views.find((candidate) => candidate.name === reference.view);
  if (view === undefined)
    return unknown(
      where,
      'view',
      reference.view,
      ir.views.map((candidate) => candidate.name),
    );
  if (view.version !== reference.version) {
    return [
      `${where} asks for ${text}, but view ${view.name} is at version ${view.version}; refer to ${viewKey(view)}`,
    ];
  }
  return unknown(
    where,
    `feature of ${viewKey(view)}`,
    reference.feature,
    view.features.map((feature) => feature.name),
  );
}
