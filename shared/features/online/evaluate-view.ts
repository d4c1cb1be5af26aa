import type { FeatureViewIr, FormulaIr, IntExpression } from '../ir.ts';
import { createFrame, type Frame, StateFold } from './fold-state.ts';
import type { ViewLayout } from './layout.ts';
import type { OnlineView } from './online-view.ts';

type Integer = (frame: Frame) => number;

/**
 * The read path of a view: decodes the state straight into window sums, then runs the formulas. No allocation but the answer.
 * A day tile belongs to the shortest window that holds it; longer windows add up from there (whole numbers, so exactly).
 */
export function compileEvaluator(view: FeatureViewIr, layout: ViewLayout): OnlineView['evaluate'] {
  const formulas = view.features.map((feature) => compileFormula(feature.formula, layout));
  const windowCount = layout.windows.length;
  const frame = createFrame(layout);
  const fold = new StateFold(layout, frame);

  return (state, tUs, out, offset) => {
    const evaluation = fold.read(state, tUs);
    for (let column = 0; column < layout.columns.length; column++) {
      for (let i = column * windowCount + 1; i < (column + 1) * windowCount; i++) {
        frame.windows[i] = (frame.windows[i] ?? 0) + (frame.windows[i - 1] ?? 0);
      }
    }
    for (let i = 0; i < formulas.length; i++) out[offset + i] = formulas[i]?.(frame) ?? Number.NaN;
    return evaluation;
  };
}

/** The last step, written out as in the SQL: see formulaIr. */
function compileFormula(formula: FormulaIr, layout: ViewLayout): Integer {
  const scale = formula.scale;
  if (formula.op === 'value') {
    const of = compileInteger(formula.of, layout);
    return (frame) => of(frame) / scale;
  }
  const numerator = compileInteger(formula.numerator, layout);
  const denominator = compileInteger(formula.denominator, layout);
  return (frame) => {
    const below = denominator(frame);
    const above = numerator(frame);
    if (below === 0 || Number.isNaN(below)) return Number.NaN;
    return above === 0 ? 0 : above / below / scale;
  };
}

/** Sums and differences add +0 so that no -0 comes out of a product; the SQL does the same. */
function compileInteger(expression: IntExpression, layout: ViewLayout): Integer {
  switch (expression.op) {
    case 'const': {
      const value = expression.value;
      return () => value;
    }
    case 'days_since_last':
      return (frame) => frame.daysSinceLast;
    case 'days_since_first':
      return (frame) => frame.daysSinceFirst;
    case 'latest': {
      const index = layout.latest.indexOf(layout.fields.indexOf(expression.field));
      return (frame) => frame.latest[index] ?? Number.NaN;
    }
    case 'window':
      return compileWindow(expression.measure, expression.days, layout);
    default: {
      const left = compileInteger(expression.left, layout);
      const right = compileInteger(expression.right, layout);
      if (expression.op === 'add') return (frame) => left(frame) + right(frame);
      if (expression.op === 'sub') return (frame) => left(frame) - right(frame);
      return (frame) => left(frame) * right(frame) + 0;
    }
  }
}

function compileWindow(id: string, days: number | null, layout: ViewLayout): Integer {
  const index = layout.measures.findIndex((measure) => measure.id === id);
  if (days === null) return (frame) => frame.totals[index] ?? Number.NaN;
  const column = layout.measures[index]?.column ?? -1;
  const slot = column * layout.windows.length + layout.windows.indexOf(days);
  return (frame) => frame.windows[slot] ?? Number.NaN;
}
