import {
  AGGREGATION_KINDS,
  type AggregationKind,
  aggregationOf,
  avg,
  avgDaysBetween,
  category,
  count,
  countsDays,
  daysSinceFirst,
  daysSinceLast,
  decimal,
  distinctDays,
  entity,
  featuresOf,
  featureView,
  inactivityLabel,
  integer,
  latest,
  minus,
  model,
  money,
  type Over,
  type ProjectIr,
  plus,
  population,
  project,
  ratio,
  type SourceIr,
  source,
  sum,
  type Term,
  takesField,
  times,
} from '@churn/features';

/** Every kind of feature that the language has, and every aggregation, over fields of three scales; `spanDays` replaces the 30-day window of the control. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one value, read as the list that it is
export function manyFeatures(spanDays = 30): ProjectIr {
  const customer = entity({ name: 'customer', joinKey: 'customer_id' });
  const orders = source({
    name: 'orders',
    entity: customer,
    timestampField: 'at',
    eventKey: null,
    fields: {
      amount: money('USD'),
      quantity: integer(),
      weight: decimal(3),
      plan: category(['none', 'basic', 'gold']),
    },
  });
  const over = (op: '>=' | '>' | '<=' | '<' | '=' | '<>') => ({ field: 'amount', op, value: 50 });
  const view = featureView({
    name: 'orders_view',
    version: 3,
    source: orders,
    features: {
      ...everyAggregation(orders),
      count_1d: count({ days: 1 }),
      count_7d: count({ days: 7 }),
      [`count_${spanDays}d`]: count({ days: spanDays }),
      count_90d: count({ days: 90 }),
      count_all: count(),
      sum_7d: sum('amount', { days: 7 }),
      sum_30d: sum('amount', { days: 30 }),
      sum_90d: sum('amount', { days: 90 }),
      sum_all: sum('amount'),
      weight_90d: sum('weight', { days: 90 }),
      avg_7d: avg('amount', { days: 7 }),
      avg_30d: avg('amount', { days: 30 }),
      avg_90d: avg('amount', { days: 90 }),
      avg_weight: avg('weight'),
      dear_days_30d: distinctDays({ days: 30, where: over('>=') }),
      per_active_day: ratio(count({ days: 30 }), distinctDays({ days: 30 })),
      recency: daysSinceLast(),
      tenure: daysSinceFirst(),
      mean_gap: avgDaysBetween(),
      acceleration: ratio(sum('amount', { days: 30 }), plus(sum('amount', { days: 90 }), 1)),
      high_value: ratio(count({ where: over('>=') }), plus(count(), 1)),
      above_30d: count({ days: 30, where: over('>') }),
      at_most_30d: sum('amount', { days: 30, where: over('<=') }),
      below_90d: count({ days: 90, where: over('<') }),
      equal_90d: sum('quantity', { days: 90, where: over('=') }),
      other_90d: count({ days: 90, where: over('<>') }),
      golden_30d: count({ days: 30, where: { field: 'plan', op: '=', value: 'gold' } }),
      not_golden: count({ where: { field: 'plan', op: '<>', value: 'gold' } }),
      last_amount: latest('amount'),
      last_plan: latest('plan'),
      last_weight: times(latest('weight'), 0.5),
      last_price: ratio(latest('amount'), latest('quantity')),
      above_last: ratio(minus(sum('amount', { days: 30 }), latest('amount')), count()),
      older: minus(sum('amount', { days: 90 }), sum('amount', { days: 30 })),
      product: times(sum('amount', { days: 90 }), sum('weight')),
      per_piece: ratio(sum('amount'), sum('quantity')),
      pieces_per_dollar: ratio(sum('quantity', { days: 90 }), sum('amount', { days: 90 })),
      per_day: ratio(times(sum('amount'), 2.5), plus(daysSinceFirst(), 0.125)),
    },
  });
  const label = inactivityLabel({ name: 'inactive', source: orders, horizonDays: 30 });
  return project({
    id: 'many',
    entities: [customer],
    sources: [orders],
    views: [view],
    population: population({ view, activeWithinDays: 60 }),
    labels: [label],
    models: [
      model({
        name: 'churn',
        entity: customer,
        label,
        features: featuresOf(view),
        baselineFeature: 'orders_view@3:recency',
        training: {
          algorithm: 'boosted-trees',
          cuts: 1,
          cut_every_days: 30,
          trees: 1,
          depth: 1,
          learning_rate: 0.1,
          seed: 1,
        },
      }),
    ],
  });
}

/** Each aggregation that there is, of each field that it takes, so that none escapes the comparison. */
function everyAggregation(from: SourceIr): Record<string, Term> {
  const named = AGGREGATION_KINDS.flatMap((kind) =>
    aggregationOf({ kind }).field === 'none'
      ? Object.entries(aggregated(kind))
      : from.fields
          .filter((field) => takesField(kind, field))
          .flatMap(({ name }) => Object.entries(aggregated(kind, name))),
  );
  return Object.fromEntries(named);
}

function aggregated(kind: AggregationKind, field?: string): Record<string, Term> {
  const named = field === undefined ? kind : `${kind}_of_${field}`;
  const of = (over: Over): Term => ({ term: 'aggregate', kind, ...(field !== undefined && { field }), over });
  return {
    [`${named}_7d`]: of({ days: 7 }),
    [`${named}_90d`]: of({ days: 90 }),
    [`${named}_cheap_90d`]: of({ days: 90, where: { field: 'amount', op: '<', value: 50 } }),
    ...(!countsDays(aggregationOf({ kind })) && { [`${named}_all`]: of({}) }),
  };
}
