import {
  category,
  count,
  entity,
  eventLabel,
  featuresOf,
  featureView,
  integer,
  latest,
  model,
  money,
  population,
  project,
  source,
} from '@churn/features';

/**
 * The file says what each customer's contract was, and whether the customer left within the following month; it has no dates. The attributes are
 * taken as of the first of these days, the outcomes as of the second, so that what is learned from is known before what is to be foretold.
 */
export const files = {
  contracts: { file: 'Telco-Customer-Churn.csv', asOf: '2025-01-01' },
  outcomes: { file: 'Telco-Customer-Churn.csv', asOf: '2025-02-01' },
};

const customer = entity({
  name: 'customer',
  joinKey: 'customer_id',
  description: 'Someone with a contract for telephone or internet.',
});

const table = {
  entity: customer,
  joinKeyColumn: 'customerID',
  timestampField: null,
  eventKey: null,
  static: true,
} as const;

/** A column of yes and no. */
const yesNo = (column: string) => category(['No', 'Yes'], { column });
/** An extra of the internet contract. */
const extra = (column: string) => category(['No internet service', 'No', 'Yes'], { column });

const contracts = source({
  ...table,
  name: 'contracts',
  fields: {
    gender: category(['Female', 'Male']),
    senior: category(['0', '1'], { column: 'SeniorCitizen' }),
    partner: yesNo('Partner'),
    dependents: yesNo('Dependents'),
    tenure_months: integer({ column: 'tenure' }),
    phone: yesNo('PhoneService'),
    lines: category(['No phone service', 'No', 'Yes'], { column: 'MultipleLines' }),
    internet: category(['No', 'DSL', 'Fiber optic'], { column: 'InternetService' }),
    online_security: extra('OnlineSecurity'),
    online_backup: extra('OnlineBackup'),
    device_protection: extra('DeviceProtection'),
    tech_support: extra('TechSupport'),
    streaming_tv: extra('StreamingTV'),
    streaming_movies: extra('StreamingMovies'),
    // From the longest to the shortest: a category counts as its place, and the higher it is the likelier a customer leaves.
    contract: category(['Two year', 'One year', 'Month-to-month'], { column: 'Contract' }),
    paperless: yesNo('PaperlessBilling'),
    payment: category(
      ['Credit card (automatic)', 'Bank transfer (automatic)', 'Mailed check', 'Electronic check'],
      { column: 'PaymentMethod' },
    ),
    monthly_charges: money('USD', { column: 'MonthlyCharges' }),
    total_charges: money('USD', { column: 'TotalCharges', description: 'Blank in the first month.' }),
  },
  description: 'What each of 7,043 customers had and paid.',
});

const outcomes = source({
  ...table,
  name: 'outcomes',
  fields: { churn: yesNo('Churn') },
  description: 'Who left within the month after.',
});

const contract = featureView({
  name: 'contract',
  version: 1,
  source: contracts,
  description: 'The contract as last known.',
  features: Object.fromEntries(contracts.fields.map(({ name }) => [name, latest(name)])),
});

const outcome = featureView({
  name: 'outcome',
  version: 1,
  source: outcomes,
  features: { departed: count({ where: { field: 'churn', op: '=', value: 'Yes' } }) },
});

const left = eventLabel({
  name: 'left_31d',
  source: outcomes,
  where: { field: 'churn', op: '=', value: 'Yes' },
  horizonDays: 31,
  description: 'Left within the month that follows.',
});

const [departed = ''] = featuresOf(outcome, 'departed');
const [byContract = '', monthlyCharges = '', tenure = ''] = featuresOf(
  contract,
  'contract',
  'monthly_charges',
  'tenure_months',
);

export default project({
  id: 'telco',
  description: 'Contracts of 7,043 customers of a telephone company, and who left.',
  entities: [customer],
  sources: [contracts, outcomes],
  views: [contract, outcome],
  population: population({
    view: contract,
    activeWithinDays: 3650,
    unless: departed,
    description: 'Everyone with a contract, however old the file is, but those who have left.',
  }),
  labels: [left],
  models: [
    model({
      name: 'contract_churn_model',
      entity: customer,
      label: left,
      features: featuresOf(contract),
      baselineFeature: byContract,
      exportFeatures: [monthlyCharges, tenure, byContract],
      training: {
        algorithm: 'boosted-trees',
        cuts: 1,
        cut_every_days: 31,
        trees: 150,
        depth: 4,
        learning_rate: 0.03,
        seed: 42,
        validation: { folds: 5 },
      },
      thresholds: { medium: 0.3, high: 0.7 },
    }),
  ],
});
