import { eventually, sampleProject } from '@churn/testing';
import { afterEach, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;
afterEach(() => world.close());

const shop = sampleProject();
const [purchases] = shop.views;
if (purchases === undefined) throw new Error('the sample project has no view');
/** In another order, so that a place in one view is none in the other. */
const recent = { ...purchases, name: 'recent', features: [...purchases.features].reverse() };

test.each(['purchases', 'recent'])(
  'a customer of whom a feature of %s says that they have left is answered, as one outside the population',
  async (view) => {
    // Who ordered in the last 30 days counts as having left, and nobody else.
    const unless = `${view}@1:order_count_30d`;
    world = await createWorld({
      ...shop,
      views: [purchases, recent],
      population: { ...shop.population, unless },
    });
    await world.promote();
    await world.fill(200);
    service = await world.start();
    const ids = ['c30', 'c31', 'c0', 'c181'];
    // Redis has 200 ms to answer, which a loaded machine may exceed; then nobody can say who has left.
    const predictions = await eventually(async () => {
      const { body } = await request(service.url).post('/predict').send({ customer_ids: ids });
      return body.predictions[0].degraded ? null : body.predictions;
    });
    expect(predictions.map(({ eligible }: { eligible: boolean }) => eligible)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(predictions[0]).toMatchObject({ churn_risk: 'low', model_version: 'churn/1' });
  },
);
