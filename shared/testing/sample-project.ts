import { definitionsHash, type ProjectIr } from '@churn/features';
import type pg from 'pg';

/**
 * A small shop: orders with an amount (USD, cents) and a quantity, four features over them, a 30-day inactivity label and a small model.
 * Its rows as a CSV: customer_id,ordered_at,amount,quantity.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one value, as `churn apply` stores it
export function sampleProject(changes: Partial<ProjectIr> = {}): ProjectIr {
  return {
    format: 1,
    project: 'shop',
    description: 'A small shop for tests.',
    entities: [{ name: 'customer', join_key: 'customer_id', description: '' }],
    sources: [
      {
        name: 'orders',
        entity: 'customer',
        timestamp_field: 'ordered_at',
        event_key: null,
        static: false,
        fields: [
          { name: 'amount', type: 'money', scale: 2, currency: 'USD', description: '' },
          { name: 'quantity', type: 'integer', scale: 0, description: '' },
        ],
        description: '',
      },
    ],
    views: [
      {
        name: 'purchases',
        version: 1,
        entity: 'customer',
        source: 'orders',
        description: '',
        owner: '',
        measures: [
          { id: 'orders', kind: 'count', where: null },
          { id: 'spend', kind: 'sum', field: 'amount', where: null },
        ],
        features: [
          {
            name: 'order_count_30d',
            description: 'Orders in 30 days',
            unit: 'orders',
            formula: { op: 'value', of: { op: 'window', measure: 'orders', days: 30 }, scale: 1 },
          },
          {
            name: 'spend_90d',
            description: 'Amount spent in 90 days',
            unit: 'USD',
            formula: { op: 'value', of: { op: 'window', measure: 'spend', days: 90 }, scale: 100 },
          },
          {
            name: 'avg_amount_90d',
            description: 'Mean amount of an order in 90 days',
            unit: 'USD',
            formula: {
              op: 'quotient',
              numerator: { op: 'window', measure: 'spend', days: 90 },
              denominator: { op: 'window', measure: 'orders', days: 90 },
              scale: 100,
            },
          },
          {
            name: 'days_since_last_order',
            description: 'Days since the last order',
            unit: 'days',
            formula: { op: 'value', of: { op: 'days_since_last' }, scale: 1 },
          },
        ],
      },
    ],
    population: { view: 'purchases', active_within_days: 180, description: '' },
    labels: [
      { name: 'inactive_30d', kind: 'inactivity', source: 'orders', horizon_days: 30, description: '' },
    ],
    models: [
      {
        name: 'churn',
        entity: 'customer',
        label: 'inactive_30d',
        features: [
          'purchases@1:order_count_30d',
          'purchases@1:spend_90d',
          'purchases@1:avg_amount_90d',
          'purchases@1:days_since_last_order',
        ],
        baseline_feature: 'purchases@1:days_since_last_order',
        training: {
          algorithm: 'boosted-trees',
          cuts: 3,
          cut_every_days: 30,
          trees: 10,
          depth: 3,
          learning_rate: 0.1,
          seed: 7,
        },
        thresholds: { medium: 0.3, high: 0.7 },
        export_features: ['purchases@1:spend_90d'],
      },
    ],
    ...changes,
  };
}

/** Inserts a project and its definitions as version 1, and returns their hash. Safe to repeat. */
export async function insertProject(pool: pg.Pool, ir: ProjectIr = sampleProject()): Promise<string> {
  const hash = definitionsHash(ir);
  await pool.query('INSERT INTO project (project_id) VALUES ($1) ON CONFLICT DO NOTHING', [ir.project]);
  await pool.query(
    `INSERT INTO definition_set (project_id, version, hash, ir, applied_by) VALUES ($1, 1, $2, $3, 'test') ON CONFLICT DO NOTHING`,
    [ir.project, hash, JSON.stringify(ir)],
  );
  return hash;
}
