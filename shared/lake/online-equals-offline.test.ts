import { tmpdir } from 'node:os';
import { compileView } from '@churn/features';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Duck, openDuck } from './duck.ts';
import { differences, loadScene } from './testing/compare.ts';
import { type Scene, scene } from './testing/histories.ts';
import { manyFeatures } from './testing/many-features.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck({ tempDir: tmpdir() });
});
afterAll(() => duck.close());

describe('a customer has the same features offline and online', () => {
  test.each(['FLOAT', 'DOUBLE'] as const)('bit for bit as %s, over random histories', async (type) => {
    let compared = 0;
    const property = fc.asyncProperty(scene, async (given) => {
      await loadScene(duck, given);
      const result = await differences(duck, given, type, manyFeatures());
      compared += result.compared;
      expect(result.found).toEqual([]);
    });
    // A failure prints its seed and the smallest history that shows it.
    await fc.assert(property, { numRuns: 120 });
    expect(compared).toBeGreaterThan(10_000);
  });

  test('and the comparison notices a window one day longer on one side', async () => {
    const found = await overScenes(async (given) => {
      return (await differences(duck, given, 'DOUBLE', manyFeatures(), manyFeatures(31))).found;
    });
    expect(new Set(found.map((difference) => difference.feature))).toEqual(
      new Set(['orders_view@3:count_31d']),
    );
  });

  test("and an engine's own mean over doubles would not do", async () => {
    const ir = manyFeatures();
    const view = ir.views[0]!;
    const online = compileView(view);
    const at = online.featureNames.indexOf('avg_weight');
    const found = await overScenes(async (given) => {
      const rows = await duck.rows<{ entity_id: string; mean: number }>(
        'SELECT entity_id, sum(CAST(weight AS DOUBLE) / 1000) / count(*) AS mean FROM event WHERE occurred_us < $1 GROUP BY 1',
        [BigInt(given.cutUs)],
      );
      return rows.filter(({ entity_id, mean }) => {
        const out = new Float64Array(view.features.length);
        const history = given.histories[Number(entity_id.slice(1))]!;
        online.evaluate(online.apply(null, history.events, given.cutUs), given.cutUs, out, 0);
        return mean !== null && !Object.is(mean, out[at]);
      });
    });
    expect(found.length).toBeGreaterThan(0);
  });
});

async function overScenes<Found>(look: (given: Scene) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = [];
  for (const given of fc.sample(scene, { numRuns: 20, seed: 1998 })) {
    await loadScene(duck, given);
    found.push(...(await look(given)));
  }
  return found;
}
