import { repeated, unknown } from './check-names.ts';
import { checkReference } from './check-reference.ts';
import type { FeatureIr, FeatureViewIr, LabelIr, ModelIr, ProjectIr } from './ir.ts';
import { operands, walk } from './measures.ts';
import { viewKey } from './references.ts';

/** The faults of one model: its names, its thresholds, and features that tell the label. */
export function checkModel(ir: ProjectIr, model: ModelIr): string[] {
  const where = `model ${model.name}`;
  const { training } = model;
  const { medium, high } = model.thresholds;
  const chosen = [model.baseline_feature, ...model.export_features];
  return [
    ...unknown(
      where,
      'entity',
      model.entity,
      ir.entities.map((entity) => entity.name),
    ),
    ...unknown(
      where,
      'label',
      model.label,
      ir.labels.map((label) => label.name),
    ),
    ...repeated(`${where}: feature`, model.features),
    ...model.features.flatMap((reference) => checkReference(ir, where, reference)),
    ...chosen
      .filter((reference) => !model.features.includes(reference))
      .map(
        (reference) =>
          `${where}: "${reference}" is its baseline or exported, but not among its features; add it to features`,
      ),
    ...(training.validation !== undefined && training.cuts > 1
      ? [
          `${where}: validation by folds is for a single cut, and it has ${training.cuts}; set cuts to 1, or leave validation out to hold out the last cut`,
        ]
      : []),
    ...checkLeakage(ir, where, model),
    ...(medium < high ? [] : [`${where}: thresholds must rise, got medium ${medium} and high ${high}`]),
  ];
}

/**
 * An explicit label is read after t and features before it, so they never share an event. But a file imported as of a wrong instant would make them, and
 * what says who has left is the population's business. So a feature reads nothing that the label is made of.
 */
function checkLeakage(ir: ProjectIr, where: string, model: ModelIr): string[] {
  const label = ir.labels.find((candidate) => candidate.name === model.label);
  if (label?.kind !== 'event') return [];
  return ir.views
    .filter((view) => view.source === label.source)
    .flatMap((view) =>
      view.features.map((feature) => ({ view, feature, reference: `${viewKey(view)}:${feature.name}` })),
    )
    .filter(({ reference }) => model.features.includes(reference))
    .filter(({ view, feature }) => readsLabel(label, view, feature))
    .map(
      ({ reference }) =>
        `${where}: its feature ${reference} reads ${label.where === null ? 'the events' : label.where.field} of ${label.source}, which is what its label ` +
        `${label.name} is made of (leakage); leave it out of features, and out of the population by unless`,
    );
}

function readsLabel(
  label: Extract<LabelIr, { kind: 'event' }>,
  view: FeatureViewIr,
  feature: FeatureIr,
): boolean {
  // Every event of the source is one of the label: counting them is enough.
  if (label.where === null) return true;
  const { field } = label.where;
  let reads = false;
  for (const operand of operands(feature.formula))
    walk(operand, (node) => {
      if (node.op === 'latest') reads ||= node.field === field;
      if (node.op !== 'window') return;
      const measure = view.measures.find(({ id }) => id === node.measure);
      reads ||= measure?.where?.field === field || measure?.field === field;
    });
  return reads;
}
