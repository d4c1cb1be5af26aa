import { checkCondition } from './check-condition.ts';
import { checkModel } from './check-model.ts';
import { repeated, unknown } from './check-names.ts';
import { checkReference } from './check-reference.ts';
import { checkSource } from './check-source.ts';
import { checkView } from './check-view.ts';
import type { LabelIr, ProjectIr } from './ir.ts';

/** What the shapes alone cannot say: names that point nowhere, names used twice, numbers that do not go together. All faults. */
export function checkProject(ir: ProjectIr): string[] {
  return [
    ...repeated(
      'entity',
      ir.entities.map((entity) => entity.name),
    ),
    ...repeated(
      'source',
      ir.sources.map((source) => source.name),
    ),
    ...repeated(
      'view',
      ir.views.map((view) => view.name),
    ),
    ...repeated(
      'label',
      ir.labels.map((label) => label.name),
    ),
    ...repeated(
      'model',
      ir.models.map((model) => model.name),
    ),
    ...ir.sources.flatMap((source) => checkSource(ir, source)),
    ...ir.views.flatMap((view) => checkView(ir, view)),
    ...unknown(
      'population',
      'view',
      ir.population.view,
      ir.views.map((view) => view.name),
    ),
    ...(ir.population.unless === undefined ? [] : checkReference(ir, 'population', ir.population.unless)),
    ...ir.labels.flatMap((label) => checkLabel(ir, label)),
    ...ir.models.flatMap((model) => checkModel(ir, model)),
  ];
}

function checkLabel(ir: ProjectIr, label: LabelIr): string[] {
  const where = `label ${label.name}`;
  const source = ir.sources.find((candidate) => candidate.name === label.source);
  return [
    ...unknown(
      where,
      'source',
      label.source,
      ir.sources.map((candidate) => candidate.name),
    ),
    ...(label.kind === 'event' && label.where !== null && source !== undefined
      ? checkCondition(where, source, label.where)
      : []),
  ];
}
