import {
  avg,
  avgDaysBetween,
  count,
  daysSinceFirst,
  daysSinceLast,
  described,
  entity,
  featuresOf,
  featureView,
  inactivityLabel,
  integer,
  model,
  money,
  plus,
  population,
  project,
  ratio,
  source,
  sum,
} from '@churn/features';

/** A purchase of at least so many dollars counts as high value; about one in five here. */
const HIGH_VALUE_USD = 50;

const customer = entity({
  name: 'customer',
  joinKey: 'customer_id',
  description: 'Someone who bought CDs at CDNOW.',
});

const transactions = source({
  name: 'transactions',
  entity: customer,
  timestampField: 'date',
  eventKey: null,
  static: true,
  fields: {
    amount: money('USD', { description: 'Paid for the purchase.' }),
    quantity: integer({ description: 'CDs bought.' }),
  },
  description:
    'Every purchase from January 1997 to June 1998 of customers who first bought in the first quarter of 1997.',
});

const customerTransactions = featureView({
  name: 'customer_transactions',
  version: 1,
  source: transactions,
  description: 'How often, how recently and for how much a customer buys.',
  features: {
    txn_count_7d: count({ days: 7 }),
    txn_count_30d: count({ days: 30 }),
    txn_count_90d: count({ days: 90 }),
    total_spent_7d: sum('amount', { days: 7 }),
    total_spent_30d: sum('amount', { days: 30 }),
    total_spent_90d: sum('amount', { days: 90 }),
    avg_transaction_7d: avg('amount', { days: 7 }),
    avg_transaction_30d: avg('amount', { days: 30 }),
    avg_transaction_90d: avg('amount', { days: 90 }),
    days_since_last_txn: daysSinceLast(),
    days_since_first_txn: daysSinceFirst(),
    total_txn_count: count(),
    avg_days_between_txn: described('Mean gap between purchases in days; none below two', avgDaysBetween()),
    spend_acceleration: described(
      'Spending of the last 30 days against the last 90, plus a dollar against division by zero',
      ratio(sum('amount', { days: 30 }), plus(sum('amount', { days: 90 }), 1)),
    ),
    high_value_txn_ratio: described(
      `Share of purchases of at least ${HIGH_VALUE_USD} dollars, one added to the count`,
      ratio(count({ where: { field: 'amount', op: '>=', value: HIGH_VALUE_USD } }), plus(count(), 1)),
    ),
  },
});

const [daysSinceLastTxn = '', totalSpent30d = ''] = featuresOf(
  customerTransactions,
  'days_since_last_txn',
  'total_spent_30d',
);

const churned = inactivityLabel({
  name: 'inactive_90d',
  source: transactions,
  horizonDays: 90,
  description: 'No purchase in the 90 days that follow.',
});

export default project({
  id: 'cdnow',
  description: 'Purchases of 23,570 customers of the online shop CDNOW, 1997 and 1998.',
  entities: [customer],
  sources: [transactions],
  views: [customerTransactions],
  population: population({
    view: customerTransactions,
    activeWithinDays: 180,
    description:
      'Bought in the last 180 days. Among all customers recency alone looks like a good model and nothing is learned.',
  }),
  labels: [churned],
  models: [
    model({
      name: 'customer_churn_model',
      entity: customer,
      label: churned,
      features: featuresOf(customerTransactions),
      baselineFeature: daysSinceLastTxn,
      exportFeatures: [totalSpent30d, daysSinceLastTxn],
      training: {
        algorithm: 'boosted-trees',
        cuts: 7,
        cut_every_days: 30,
        trees: 100,
        depth: 4,
        // Against 0.1 a higher AUC at each of six cuts held out in time, by 0.003 in the mean; 0.03 and more trees gain nothing.
        learning_rate: 0.05,
        seed: 42,
      },
      thresholds: { medium: 0.3, high: 0.7 },
    }),
  ],
});
