import { repeated, unknown } from './check-names.ts';
import { checkSource } from './check-source.ts';
import type {
  ConditionIr,
  FeatureIr,
  FeatureViewIr,
  FieldIr,
  IntExpression,
  MeasureIr,
  ModelIr,
  ProjectIr,
  SourceIr,
} from './ir.ts';
import { latestFields, operands, walk } from './measures.ts';
import { parseFeatureReference, viewKey } from './references.ts';

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
    ...ir.labels.flatMap((label) =>
      unknown(
        `label ${label.name}`,
        'source',
        label.source,
        ir.sources.map((s) => s.name),
      ),
    ),
    ...ir.models.flatMap((model) => checkModel(ir, model)),
  ];
}

function checkView(ir: ProjectIr, view: FeatureViewIr): string[] {
  const where = `view ${viewKey(view)}`;
  const source = ir.sources.find((candidate) => candidate.name === view.source);
  const fields = source?.fields.map((field) => field.name) ?? [];
  const read = view.measures.flatMap((m) => [
    ...(m.kind === 'sum' ? [m.field] : []),
    ...(m.where === null ? [] : [m.where.field]),
  ]);
  read.push(...latestFields(view));
  return [
    ...unknown(
      where,
      'entity',
      view.entity,
      ir.entities.map((entity) => entity.name),
    ),
    ...unknown(
      where,
      'source',
      view.source,
      ir.sources.map((candidate) => candidate.name),
    ),
    ...(source !== undefined && source.entity !== view.entity
      ? [
          `${where} is about ${view.entity}, its source ${source.name} about ${source.entity}; they must agree`,
        ]
      : []),
    ...repeated(
      `${where}: feature`,
      view.features.map((feature) => feature.name),
    ),
    ...repeated(
      `${where}: measure`,
      view.measures.map((measure) => measure.id),
    ),
    ...(source === undefined
      ? []
      : [
          ...[...new Set(read)].flatMap((field) => unknown(where, `field of ${source.name}`, field, fields)),
          ...view.measures.flatMap((measure) => checkCategories(where, source, measure)),
        ]),
    ...view.features.flatMap((feature) => checkFeature(`${where}: feature ${feature.name}`, view, feature)),
  ];
}

/** A category is counted by its values; sums of places, and places above others, mean nothing. */
function checkCategories(where: string, source: SourceIr, measure: MeasureIr): string[] {
  const fieldNamed = (name: string) => source.fields.find((field) => field.name === name);
  return [
    ...(measure.kind === 'sum' && fieldNamed(measure.field)?.type === 'category'
      ? [
          `${where}: measure ${measure.id} sums the category ${measure.field}; count events with one of its values`,
        ]
      : []),
    ...(measure.where === null
      ? []
      : checkCondition(`${where}: measure ${measure.id}`, fieldNamed(measure.where.field), measure.where)),
  ];
}

function checkCondition(where: string, field: FieldIr | undefined, { op, value }: ConditionIr): string[] {
  if (field?.categories === undefined) return [];
  return [
    ...(op === '=' || op === '<>'
      ? []
      : [`${where} compares the category ${field.name} by ${op}; use = or <>`]),
    ...(field.categories[value] === undefined
      ? [`${where} names category ${value} of ${field.name}, which has ${field.categories.length}, from 0 on`]
      : []),
  ];
}

function checkFeature(where: string, view: FeatureViewIr, feature: FeatureIr): string[] {
  const measures = view.measures.map((measure) => measure.id);
  const faults = new Set<string>();
  for (const operand of operands(feature.formula)) {
    walk(operand, (node) => {
      if (node.op === 'window')
        for (const fault of unknown(where, 'measure', node.measure, measures)) faults.add(fault);
    });
    if (bits(operand) > 120)
      faults.add(`${where} multiplies numbers so large that Float32 may overflow; multiply fewer of them`);
  }
  return [...faults];
}

/** An upper bound of log2 of the magnitude: a total is below 2^53, a number of days below 2^24. Float32 ends at 2^128. */
function bits(expression: IntExpression): number {
  switch (expression.op) {
    case 'window':
    case 'latest':
      return 53;
    case 'days_since_last':
    case 'days_since_first':
      return 24;
    case 'const':
      return Math.log2(Math.abs(expression.value) + 1);
    case 'mul':
      return bits(expression.left) + bits(expression.right);
    default:
      return 1 + Math.max(bits(expression.left), bits(expression.right));
  }
}

function checkModel(ir: ProjectIr, model: ModelIr): string[] {
  const where = `model ${model.name}`;
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
    ...(medium < high ? [] : [`${where}: thresholds must rise, got medium ${medium} and high ${high}`]),
  ];
}

function checkReference(ir: ProjectIr, where: string, text: string): string[] {
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
