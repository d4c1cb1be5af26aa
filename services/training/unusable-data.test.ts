import { sampleProject } from '@churn/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { NOW_MS, type Shop, shopEvents } from './testing/shop.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World | undefined;
afterEach(() => world?.close());

/** The error of a run over these orders; it must fail at once, since another try would not help. */
async function failure(shop: Shop | null): Promise<string> {
  world = await createWorld(sampleProject(), shop === null ? null : shopEvents(shop), NOW_MS);
  const turn = await world.train();
  expect(turn.did).toBe('fail');
  return turn.did === 'fail' ? turn.error : '';
}

describe('a run over data that no model can be made of fails at once and says what to do', () => {
  test('without events', async () => {
    expect(await failure(null)).toBe('Source orders has no events yet: churn import <file> --source orders.');
  });

  test('with a history too short for a training cut and a test cut', async () => {
    expect(await failure({ customers: 200, days: 50 })).toMatch(
      /^The events span \d+ days\. .* at least 61 days\. Import more history, shorten the label's horizon, or train on one cut and judge on folds of its customers: training: \{ cuts: 1, validation: \{ folds: 5 \} \}\.$/,
    );
  });

  test('when nobody ever churned', async () => {
    expect(await failure({ customers: 300, days: 200, loyal: 1.1, rate: 0.5 })).toMatch(
      /^There is too little to learn from: at the training cuts \d+ eligible customers churned and \d+ stayed; 50 of each are needed\./,
    );
  });

  test('with a handful of customers', async () => {
    expect(await failure({ customers: 12, days: 240 })).toMatch(
      /^There is too little to learn from: .* Import more history, or widen the population\.$/,
    );
  });
});
