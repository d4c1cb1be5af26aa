import type { FeatureViewIr, FormulaIr, IntExpression } from './ir.ts';

export const DAY_US = 86_400_000_000;

/** What a view's features ask of its measures. */
export interface MeasureUse {
  /** Distinct windows in days over all measures, ascending. */
  windows: number[];
  /** Per measure id: the windows it is read over, and whether it is read over all time. */
  byMeasure: Map<string, { windows: Set<number>; lifetime: boolean }>;
}

/** The integer expressions below a formula's last step. */
export function operands(formula: FormulaIr): IntExpression[] {
  return formula.op === 'value' ? [formula.of] : [formula.numerator, formula.denominator];
}

/** Calls `visit` for the expression and everything below it. */
export function walk(expression: IntExpression, visit: (node: IntExpression) => void): void {
  visit(expression);
  if (expression.op === 'add' || expression.op === 'sub' || expression.op === 'mul') {
    walk(expression.left, visit);
    walk(expression.right, visit);
  }
}

/** Fields whose value on the last event a feature reads, in the order in which they first appear. */
export function latestFields(view: FeatureViewIr): string[] {
  const fields = new Set<string>();
  const note = (node: IntExpression) => {
    if (node.op === 'latest') fields.add(node.field);
  };
  for (const feature of view.features) for (const operand of operands(feature.formula)) walk(operand, note);
  return [...fields];
}

/** Which measure is read over which windows by the view's features. */
export function measureUse(view: FeatureViewIr): MeasureUse {
  const byMeasure: MeasureUse['byMeasure'] = new Map(
    view.measures.map((measure) => [measure.id, { windows: new Set<number>(), lifetime: false }]),
  );
  const note = (node: IntExpression) => {
    if (node.op !== 'window') return;
    const use = byMeasure.get(node.measure);
    if (use === undefined) return;
    if (node.days === null) use.lifetime = true;
    else use.windows.add(node.days);
  };
  for (const feature of view.features) for (const operand of operands(feature.formula)) walk(operand, note);
  const windows = [...new Set([...byMeasure.values()].flatMap((use) => [...use.windows]))].sort(
    (a, b) => a - b,
  );
  return { windows, byMeasure };
}
