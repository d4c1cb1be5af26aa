import { loadArtifact } from '@churn/registry';
import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NOW_MS, shopEvents } from './testing/shop.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld(sampleProject(), shopEvents({ customers: 700, days: 240 }), NOW_MS);
});
afterAll(() => world.close());

describe('a training run', () => {
  test.each(['boosted-trees', 'random-forest'] as const)(
    'trains %s and registers a version that says how it came to be',
    async (algorithm) => {
      const turn = await world.train({ algorithm, trees: 12, seed: 5 });

      expect(turn).toEqual({ did: 'trained', runId: expect.any(String), version: expect.any(Number) });
      const { manifest, stage } = await world.version(turn.did === 'trained' ? turn.version : 0);
      expect(stage).toBe('None');
      const interval = { value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) };
      expect(manifest).toMatchObject({
        algorithm,
        seed: 5,
        threads: 2,
        environment: {
          library: 'xgboost',
          library_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
          code_commit: 'abc1234',
        },
        dataset: { version: expect.stringMatching(/./), training_cuts: expect.any(Array) },
        metrics: {
          auc: interval,
          pr_auc: interval,
          log_loss: interval,
          brier: interval,
          lift_at_10: interval,
          calibration_error: expect.any(Number),
          baseline: { feature: 'purchases@1:days_since_last_order', auc: expect.any(Number) },
        },
        parity: { rows: manifest.dataset.test_rows, max_abs_difference: expect.any(Number) },
      });
      expect(manifest.parity.max_abs_difference).toBeLessThanOrEqual(1e-6);
      expect(manifest.metrics.calibration.length).toBeGreaterThan(0);
      expect(manifest.metrics.auc.value).toBeGreaterThan(0.7);
      expect(manifest.metrics.auc.low).toBeLessThan(manifest.metrics.auc.value);
      expect(manifest.metrics.auc.high).toBeGreaterThan(manifest.metrics.auc.value);
      expect(manifest.importance.map(({ feature }) => feature).sort()).toEqual([...manifest.features].sort());
      expect(manifest.importance.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(1, 6);
      // A forest grows side by side in one round, boosted trees one after another.
      expect(manifest.parameters).toMatchObject(
        algorithm === 'random-forest' ? { rounds: 1, num_parallel_tree: 12 } : { rounds: 12 },
      );
    },
  );

  test('gives the same bytes when repeated, and others for another seed', async () => {
    const bytes = async (seed: number) => {
      const turn = await world.train({ seed, trees: 8 });
      if (turn.did !== 'trained') throw new Error(`not trained: ${JSON.stringify(turn)}`);
      const { manifest } = await world.version(turn.version);
      return loadArtifact(world.db.pool, manifest.onnx.sha256);
    };
    const first = await bytes(3);
    expect(first.equals(await bytes(3))).toBe(true);
    expect(first.equals(await bytes(4))).toBe(false);
  });

  test('registers nothing when the converted model differs from XGBoost on one row', async () => {
    const registered = async () =>
      (await world.db.pool.query<{ n: string }>('SELECT count(*) AS n FROM model_version')).rows[0]?.n;
    const before = await registered();
    const twisted = `${import.meta.dirname}/testing/train-twisted.ts`;

    const turn = await world.train({}, { trainingProcess: twisted });

    expect(turn).toMatchObject({
      did: 'fail',
      error: expect.stringMatching(
        /^The ONNX model is refused: on row \d+ it differs from XGBoost by 0\.\d+, more than 0\.000001/,
      ),
    });
    expect(await registered()).toBe(before);
  });
});
