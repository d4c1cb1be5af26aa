import {
  category,
  count,
  entity,
  eventLabel,
  featuresOf,
  featureView,
  latest,
  model,
  money,
  type ProjectIr,
  population,
  project,
  source,
} from '@churn/features';

/**
 * A firm with contracts: a table of attributes as of some instants, and one of who has left since. Its files: customerID,Plan,Fee (contracts) and
 * customerID,Left (outcomes).
 */
export function contractsProject(): ProjectIr {
  const customer = entity({ name: 'customer', joinKey: 'customer_id' });
  const table = { entity: customer, joinKeyColumn: 'customerID', timestampField: null, eventKey: null };
  const contracts = source({
    ...table,
    name: 'contracts',
    fields: {
      plan: category(['yearly', 'monthly'], { column: 'Plan' }),
      fee: money('USD', { column: 'Fee' }),
    },
  });
  const outcomes = source({
    ...table,
    name: 'outcomes',
    fields: { churned: category(['No', 'Yes'], { column: 'Left' }) },
  });
  const left = { field: 'churned', op: '=', value: 'Yes' } as const;
  const contract = featureView({
    name: 'contract',
    version: 1,
    source: contracts,
    features: { plan: latest('plan'), fee: latest('fee') },
  });
  const outcome = featureView({
    name: 'outcome',
    version: 1,
    source: outcomes,
    features: { departed: count({ where: left }) },
  });
  const label = eventLabel({ name: 'left_30d', source: outcomes, where: left, horizonDays: 30 });
  const [departed = ''] = featuresOf(outcome, 'departed');
  const features = featuresOf(contract);
  return project({
    id: 'contracts',
    entities: [customer],
    sources: [contracts, outcomes],
    views: [contract, outcome],
    population: population({ view: contract, activeWithinDays: 365, unless: departed }),
    labels: [label],
    models: [
      model({
        name: 'leaving',
        entity: customer,
        label,
        features,
        baselineFeature: features[0] ?? '',
        training: {
          algorithm: 'boosted-trees',
          cuts: 1,
          cut_every_days: 30,
          trees: 10,
          depth: 3,
          learning_rate: 0.1,
          seed: 7,
          validation: { folds: 5 },
        },
      }),
    ],
  });
}
