import { aggregationOf } from '../aggregations.ts';
import type { Feature, Over, Term } from './terms.ts';

/** A feature in words, for those that bring none of their own. */
export function describeFeature(feature: Feature): string {
  if (feature.text !== undefined) return feature.text;
  const text =
    feature.last === 'value'
      ? describeTerm(feature.of)
      : `${describeTerm(feature.above)} / ${describeTerm(feature.below)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function describeTerm(term: Term): string {
  switch (term.term) {
    case 'aggregate':
      return `${aggregationOf(term).words(term.field ?? '')}${describeOver(term.over)}`;
    case 'daysSinceLast':
      return 'whole days since the last event';
    case 'daysSinceFirst':
      return 'whole days since the first event';
    case 'latest':
      return `${term.field} on the last event`;
    case 'constant':
      return `${term.value}`;
    default:
      return `(${describeTerm(term.left)} ${SIGNS[term.term]} ${describeTerm(term.right)})`;
  }
}

const SIGNS = { plus: '+', minus: '-', times: '*' } as const;

function describeOver(over: Over): string {
  const where =
    over.where === undefined ? '' : ` with ${over.where.field} ${over.where.op} ${over.where.value}`;
  return `${where} ${over.days === undefined ? 'in all' : `in the last ${over.days} days`}`;
}
