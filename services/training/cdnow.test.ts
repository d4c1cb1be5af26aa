import { join } from 'node:path';
import { loadArtifact } from '@churn/registry';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import cdnow from '../../examples/cdnow/churn.project.ts';
import { createWorld, type World } from './testing/world.ts';

const CSV = join(import.meta.dirname, '../../examples/cdnow/cdnow_transactions.csv');
/** On this day the newest cut whose 90 days are known is 1998-04-01. */
const NOW_MS = Date.parse('1998-06-30T00:00:00Z');

let world: World;
beforeAll(async () => {
  const purchases = `SELECT customer_id AS entity_id, epoch_us(date::TIMESTAMP) AS occurred_us, round(amount * 100)::BIGINT AS amount, quantity::BIGINT AS quantity
    FROM read_csv('${CSV}', types = {'customer_id': 'VARCHAR', 'amount': 'DECIMAL(12, 2)'})`;
  world = await createWorld(cdnow, purchases, NOW_MS);
});
afterAll(() => world.close());

describe('on the purchases of CDNOW', () => {
  test('a model beats recency on customers of a later time, and training again gives its very bytes', async () => {
    const manifests = [];
    for (let time = 0; time < 2; time++) {
      const turn = await world.train();
      expect(turn).toMatchObject({ did: 'trained' });
      manifests.push((await world.version(time + 1)).manifest);
    }
    const [first, second] = manifests;
    if (first === undefined || second === undefined) throw new Error('two versions were trained');
    expect(first.dataset.test_cut).toBe('1998-04-01T00:00:00.000Z');
    expect(first.dataset.training_cuts).toHaveLength(7);
    const { auc, baseline, lift_at_10, calibration_error } = first.metrics;
    expect(auc.value).toBeGreaterThan(0.71);
    expect(auc.value).toBeGreaterThan(baseline.auc + 0.05);
    expect(auc.low).toBeGreaterThan(baseline.auc);
    expect(baseline.auc).toBeCloseTo(0.641, 2);
    expect(lift_at_10.value).toBeGreaterThan(1.25);
    expect(calibration_error).toBeLessThan(0.1);
    expect(second.onnx.sha256).toBe(first.onnx.sha256);
    expect(second.metrics).toEqual(first.metrics);
    expect(second.dataset).toEqual(first.dataset);
    expect(await loadArtifact(world.db.pool, first.onnx.sha256)).toHaveLength(first.onnx.bytes);
  });
});
