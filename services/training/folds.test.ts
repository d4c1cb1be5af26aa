import { loadArtifact } from '@churn/registry';
import { contractsProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWorld, type World } from './testing/world.ts';

const us = (date: string) => Date.parse(date) * 1000;
const NOW_MS = Date.parse('2026-11-24T09:00:00Z');
const CUSTOMERS = 900;
/** Had left already when the attributes were taken. */
const GONE = 40;

/** Who leaves is drawn; those who pay monthly and much leave more often, or (`blind`) nobody could tell. */
function tables({ blind = false } = {}): Record<string, string> {
  const customer = `'c' || c AS entity_id`;
  const plan = '(hash(c * 7) % 2)::BIGINT';
  const fee = '(2000 + hash(c * 31) % 8000)::BIGINT';
  const chance = blind ? '0.4' : `(0.05 + 0.35 * ${plan} + ${fee} / 30000.0)`;
  const range = `FROM range(${CUSTOMERS}) t(c)`;
  return {
    contracts: `SELECT ${customer}, ${us('2026-10-01')}::BIGINT AS occurred_us, ${plan} AS plan, CASE WHEN c % 11 > 0 THEN ${fee} END AS fee ${range}`,
    outcomes: `SELECT ${customer}, ${us('2026-11-01')}::BIGINT AS occurred_us, CASE WHEN (hash(c * 13 + 5) % 10000) / 10000.0 < ${chance} THEN 1 ELSE 0 END::BIGINT AS churned ${range}
      UNION ALL SELECT ${customer}, ${us('2026-09-01')}::BIGINT, 1::BIGINT ${range} WHERE c < ${GONE}`,
  };
}

let world: World;
beforeAll(async () => {
  world = await createWorld(contractsProject(), tables(), NOW_MS);
});
afterAll(() => world.close());

async function trained(from: World, request = {}, options = {}) {
  const turn = await from.train(request, options);
  expect(turn).toMatchObject({ did: 'trained' });
  return (await from.version(turn.did === 'trained' ? turn.version : 0)).manifest;
}

describe('a model of one table of attributes', () => {
  test('is judged on folds of the customers that are there, and trained and proved on all of them', async () => {
    const manifest = await trained(world, { trees: 20 });
    expect(manifest).toMatchObject({
      evaluation: { kind: 'folds', folds: 5 },
      dataset: {
        training_cuts: ['2026-10-03T00:00:00.000Z'],
        test_cut: null,
        training_rows: CUSTOMERS - GONE,
        test_rows: CUSTOMERS - GONE,
      },
      reference: { rows: CUSTOMERS - GONE },
      parity: { rows: CUSTOMERS - GONE },
      metrics: { rows: CUSTOMERS - GONE },
    });
    const { auc, baseline } = manifest.metrics;
    expect(auc.value).toBeGreaterThan(0.65);
    expect(auc.low).toBeLessThan(auc.value);
    expect(auc.high).toBeGreaterThan(auc.value);
    expect(baseline.auc).toBeGreaterThan(0.6);
    expect(manifest.parity.max_abs_difference).toBeLessThanOrEqual(1e-6);
  });

  test('gives the same bytes and metrics when repeated, and other folds for another seed', async () => {
    const [first, again, other] = [
      await trained(world, { seed: 3 }),
      await trained(world, { seed: 3 }),
      await trained(world, { seed: 4 }),
    ];
    const bytes = await loadArtifact(world.db.pool, first.onnx.sha256);
    expect(bytes.equals(await loadArtifact(world.db.pool, again.onnx.sha256))).toBe(true);
    expect(again.metrics).toEqual(first.metrics);
    expect(again.calibration).toEqual(first.calibration);
    expect(other.metrics.auc.value).not.toBe(first.metrics.auc.value);
  });

  test('says nothing good of what cannot be foretold: no customer is scored by a model that saw it', async () => {
    const drawn = await createWorld(contractsProject(), tables({ blind: true }), NOW_MS);
    try {
      // Trees deep enough to learn their own rows by heart would look good on them.
      const { metrics } = await trained(drawn, { trees: 200, depth: 8, learning_rate: 0.3 });
      expect(metrics.auc.value).toBeLessThan(0.6);
    } finally {
      await drawn.close();
    }
  });

  test('is refused when its conversion differs from XGBoost on one row', async () => {
    const twisted = `${import.meta.dirname}/testing/train-twisted.ts`;
    const turn = await world.train({}, { trainingProcess: twisted });
    expect(turn).toMatchObject({
      did: 'fail',
      error: expect.stringMatching(/^The ONNX model is refused: on row \d+ it differs from XGBoost/),
    });
  });

  test('needs outcomes, and says which file is missing', async () => {
    const { contracts = '' } = tables();
    const alone = await createWorld(contractsProject(), { contracts }, NOW_MS);
    try {
      expect(await alone.train()).toMatchObject({
        did: 'fail',
        error: 'Source outcomes has no events yet: churn import <file> --source outcomes.',
      });
    } finally {
      await alone.close();
    }
  });
});
