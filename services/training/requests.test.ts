import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Service } from './service.ts';
import { NOW_MS } from './testing/shop.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;
beforeAll(async () => {
  // Without events: a run that is accepted fails soon, and is not what is looked at here.
  world = await createWorld(sampleProject(), null, NOW_MS);
  service = await world.start();
});
afterAll(() => world.close());

async function ask(body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${service.url}/training-runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

describe('a request to train', () => {
  test('with a seed of 2^32 and more is refused, since XGBoost would train with another', async () => {
    expect(await ask({ seed: 4_294_967_338 })).toMatchObject({
      status: 422,
      body: { detail: expect.stringMatching(/^body\.seed: .*4294967295\.$/) },
    });
    expect(await ask({ seed: 4_294_967_295 })).toMatchObject({ status: 202 });
  });

  test('with a learning rate for a random forest is refused, and says what to do', async () => {
    expect(await ask({ algorithm: 'random-forest', learning_rate: 0.3 })).toMatchObject({
      status: 422,
      body: {
        type: 'urn:churn:problem:learning-rate-without-effect',
        detail: expect.stringMatching(/no effect on a random forest .* leave it out, or ask for/),
      },
    });
    expect(await ask({ algorithm: 'random-forest' })).toMatchObject({ status: 202 });
    expect(await ask({ algorithm: 'boosted-trees', learning_rate: 0.3 })).toMatchObject({ status: 202 });
  });
});

test('a run that is not known is answered with what shows those that are, on the command line and over HTTP', async () => {
  const id = '7c0f6d1e-0000-4000-8000-000000000000';
  const response = await fetch(`${service.url}/training-runs/${id}`);
  expect(await response.json()).toMatchObject({
    status: 404,
    detail: `Project shop has no training run ${id}. \`churn train status\` shows the newest, GET /training-runs all of them.`,
  });
});
