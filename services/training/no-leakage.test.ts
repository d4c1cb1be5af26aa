import { sampleProject } from '@churn/testing';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { NOW_MS, shopEvents } from './testing/shop.ts';
import { createWorld } from './testing/world.ts';

const HORIZON_DAYS = 30;
const DAY_MS = 86_400_000;
const shop = { customers: 500, days: 240 };

/** A model and what it says of the held-out cut, from a shop whose last days are as they were, or otherwise. */
async function trained(otherwise?: { lastDays: number }) {
  const events = shopEvents({ ...shop, ...(otherwise !== undefined && { otherwise }) });
  const world = await createWorld(sampleProject(), events, NOW_MS);
  try {
    expect(await world.train({ trees: 5 })).toMatchObject({ did: 'trained' });
    return (await world.version(1)).manifest;
  } finally {
    await world.close();
  }
}

let asItWas: Awaited<ReturnType<typeof trained>>;
beforeAll(async () => {
  asItWas = await trained();
});

describe('the held-out cut', () => {
  test('lies a horizon after the last training cut, which lie a month apart', () => {
    const days = (iso: string) => Date.parse(iso) / DAY_MS;
    const { training_cuts, test_cut } = asItWas.dataset;
    expect(training_cuts).toHaveLength(3);
    const test = days(test_cut ?? '');
    for (const cut of training_cuts) expect(days(cut) + HORIZON_DAYS).toBeLessThanOrEqual(test);
    expect(test + HORIZON_DAYS).toBeLessThanOrEqual(NOW_MS / DAY_MS);
  });

  test('teaches nothing: other events after it change its labels and not one byte of the model', async () => {
    const other = await trained({ lastDays: HORIZON_DAYS });
    expect(other.metrics.positives).not.toBe(asItWas.metrics.positives);
    expect(other.dataset.test_cut).toBe(asItWas.dataset.test_cut);
    expect(other.onnx.sha256).toBe(asItWas.onnx.sha256);
    expect(other.reference?.sha256).toBe(asItWas.reference?.sha256);
  });

  test('would show it: other events before it, where training labels end, change the model', async () => {
    const other = await trained({ lastDays: 2 * HORIZON_DAYS });
    expect(other.onnx.sha256).not.toBe(asItWas.onnx.sha256);
  });
});
