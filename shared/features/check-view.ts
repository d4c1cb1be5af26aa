import { aggregationOf, countsDays, takesField } from './aggregations.ts';
import { checkCondition } from './check-condition.ts';
import { repeated, unknown } from './check-names.ts';
import type { FeatureIr, FeatureViewIr, IntExpression, MeasureIr, ProjectIr, SourceIr } from './ir.ts';
import { latestFields, operands, walk } from './measures.ts';
import { viewKey } from './references.ts';

/** The faults of one view: its source, its measures, its features. */
export function checkView(ir: ProjectIr, view: FeatureViewIr): string[] {
  const where = `view ${viewKey(view)}`;
  const source = ir.sources.find((candidate) => candidate.name === view.source);
  const fields = source?.fields.map((field) => field.name) ?? [];
  const read = [
    ...view.measures.flatMap(({ field }) => (field === undefined ? [] : [field])),
    ...latestFields(view),
  ];
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
          ...view.measures.flatMap((measure) => checkMeasure(where, source, measure)),
        ]),
    ...view.features.flatMap((feature) => checkFeature(`${where}: feature ${feature.name}`, view, feature)),
  ];
}

function checkMeasure(where: string, source: SourceIr, measure: MeasureIr): string[] {
  const field = source.fields.find(({ name }) => name === measure.field);
  return [
    ...((aggregationOf(measure).field === 'none') !== (measure.field === undefined)
      ? [
          `${where}: measure ${measure.id} needs a field exactly when it is of one; ${measure.kind} is ${measure.field === undefined ? '' : 'not'}`,
        ]
      : []),
    ...(field !== undefined && !takesField(measure.kind, field)
      ? [
          `${where}: measure ${measure.id} is a ${measure.kind} of ${field.name}, which is a ${field.type}; count events with one of its values`,
        ]
      : []),
    ...(measure.where === null
      ? []
      : checkCondition(`${where}: measure ${measure.id}`, source, measure.where)),
  ];
}

function checkFeature(where: string, view: FeatureViewIr, feature: FeatureIr): string[] {
  const measures = view.measures.map((measure) => measure.id);
  const faults = new Set<string>();
  for (const operand of operands(feature.formula)) {
    walk(operand, (node) => {
      if (node.op !== 'window') return;
      for (const fault of unknown(where, 'measure', node.measure, measures)) faults.add(fault);
      const measure = view.measures.find(({ id }) => id === node.measure);
      if (node.days === null && measure !== undefined && countsDays(aggregationOf(measure)))
        faults.add(
          `${where} reads ${node.measure} over all time, which is known over windows only; give it days`,
        );
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
