import { findView, type ModelIr, type ProjectIr } from '@churn/features';
import { InvalidInput } from '@churn/platform';
import { type Cuts, planCuts, planOneCut } from './cuts.ts';

interface Range {
  source: string;
  minOccurredUs: number;
  maxOccurredUs: number;
}

/** The cuts that the segments' events allow for a model. Throws InvalidInput without events, or with too short a history. */
export function cutsOf(ir: ProjectIr, model: ModelIr, segments: readonly Range[], nowUs: number): Cuts {
  const label = ir.labels.find(({ name }) => name === model.label);
  if (label === undefined)
    throw new InvalidInput(
      'label-missing',
      `Model ${model.name} names a label ${model.label} that is not defined.`,
    );
  const { source } = findView(ir, ir.population.view);
  const customers = rangeOf(source, segments);
  const labels = rangeOf(label.source, segments);
  const history = {
    nowUs,
    // Before its first event a label of inactivity would call everybody churned.
    firstEventUs:
      label.kind === 'inactivity' ? Math.max(customers.firstUs, labels.firstUs) : customers.firstUs,
    firstLabelUs: labels.firstUs,
    lastLabelUs: labels.lastUs,
    horizonDays: label.horizon_days,
  };
  const { validation, cuts, cut_every_days: everyDays } = model.training;
  return validation === undefined ? planCuts({ ...history, cuts, everyDays }) : planOneCut(history);
}

function rangeOf(source: string, segments: readonly Range[]): { firstUs: number; lastUs: number } {
  const own = segments.filter((segment) => segment.source === source);
  if (own.length === 0)
    throw new InvalidInput(
      'events-missing',
      `Source ${source} has no events yet: churn import <file> --source ${source}.`,
    );
  return {
    firstUs: Math.min(...own.map((segment) => segment.minOccurredUs)),
    lastUs: Math.max(...own.map((segment) => segment.maxOccurredUs)),
  };
}
