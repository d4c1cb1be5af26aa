import { predictManyResponse, predictOneResponse } from '@churn/contracts';
import { HIGH } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { createWorld, NOW_MS, RISK_DAYS, type World } from './testing/world.ts';

const LOW = Math.fround(1 / (1 + Math.exp(2)));

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  await world.promote();
  await world.fill(200);
  service = await world.start();
});
afterAll(() => world.close());

const ask = (body: object | string) =>
  request(service.url).post('/predict').set('content-type', 'application/json').send(body);

describe('POST /predict for one customer', () => {
  test('answers the score, its risk, the features it was made of and the model that made it', async () => {
    const { status, body } = await ask({ customer_id: 'c100' });
    expect(status).toBe(200);
    expect(predictOneResponse.parse(body)).toEqual({
      customer_id: 'c100',
      churn_probability: expect.closeTo(HIGH, 6),
      churn_risk: 'high',
      features_used: {
        order_count_30d: 0,
        spend_90d: 0,
        avg_amount_90d: null,
        days_since_last_order: 100,
      },
      model_version: 'churn/1',
      model_variant: 'champion',
      prediction_id: expect.any(String),
      eligible: true,
      degraded: false,
      as_of: new Date(NOW_MS).toISOString(),
      latency_ms: expect.any(Number),
    });
  });

  test('says that the score of someone outside the population is an extrapolation', async () => {
    expect((await ask({ customer_id: 'c180' })).body).toMatchObject({ eligible: true });
    expect((await ask({ customer_id: 'c181' })).body).toMatchObject({ eligible: false });
  });

  test('does not know a customer without events', async () => {
    const { status, body, headers } = await ask({ customer_id: 'nobody' });
    expect(status).toBe(404);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(body).toMatchObject({ status: 404, detail: expect.stringContaining('"nobody"') });
  });
});

describe('POST /predict for many', () => {
  test('keeps the order asked, repeats included, and the place of whoever is unknown', async () => {
    const ids = ['c7', 'nobody', 'c120', 'c7', 'c0'];
    const { status, body } = await ask({ customer_ids: ids });
    expect(status).toBe(200);
    const { predictions } = predictManyResponse.parse(body);
    expect(predictions.map((item) => item.customer_id)).toEqual(ids);
    expect(predictions.map((item) => item.churn_risk)).toEqual(['low', 'unknown', 'high', 'low', 'low']);
    expect(predictions[0]).toMatchObject({
      churn_probability: expect.closeTo(LOW, 6),
      features: { spend_90d: Math.fround(10.07), days_since_last_order: 7 },
    });
    expect(predictions[1]).toMatchObject({ churn_probability: 0.5, features: {}, degraded: false });
    expect(new Set(predictions.map((item) => item.prediction_id)).size).toBe(ids.length);
  });

  test('takes 100, and answers each with its own features', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `c${99 - i}`);
    const { predictions } = predictManyResponse.parse((await ask({ customer_ids: ids })).body);
    expect(predictions.map((item) => item.features.days_since_last_order)).toEqual(
      ids.map((id) => Number(id.slice(1))),
    );
    expect(predictions.map((item) => item.churn_risk)).toEqual(
      ids.map((id) => (Number(id.slice(1)) >= RISK_DAYS ? 'high' : 'low')),
    );
  });

  test.each([
    ['nothing', {}, 'body.customer_id: is missing; send it, or customer_ids with 1 to 100 of them.'],
    ['none', { customer_ids: [] }, 'body.customer_ids: must be a list of 1 to 100 customer ids.'],
    [
      '101',
      { customer_ids: Array.from({ length: 101 }, (_, i) => `c${i}`) },
      'body.customer_ids: has more than 100 customer ids; send them in several requests.',
    ],
    [
      'one and many',
      { customer_id: 'c1', customer_ids: ['c1'] },
      'body: has both customer_id and customer_ids; send one of them.',
    ],
    ['a number', { customer_id: 17 }, /^body.customer_id: must be a customer id, a text of 1 to 256/],
    ['a number among texts', { customer_ids: ['c1', 17] }, /^body.customer_ids.1: must be a customer id/],
    ['an empty id', { customer_id: '' }, /^body.customer_id: must be a customer id/],
    ['a line break in an id', { customer_id: 'c\n1' }, /has control characters; take them out/],
    ['a misspelt field', { customerId: 'c1' }, /^body.customer_id: is missing/],
    ['a list', ['c1'], 'body: must be an object with customer_id, or with customer_ids.'],
  ])('refuses %s, saying what is expected', async (_, body, detail) => {
    const answer = await ask(body);
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.body.detail).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail));
  });

  test('refuses what is not JSON', async () => {
    expect((await ask('{"customer_id":')).status).toBe(400);
  });
});

describe('requests at once', () => {
  test('share one scoring call and keep their own answers', async () => {
    const before = await sample('prediction_batch_customers_count');
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        service.context.dataPlane.predict('shop', [`c${i}`, `c${i + 40}`]),
      ),
    );
    expect((await sample('prediction_batch_customers_count')) - before).toBe(1);
    for (const [i, { outcomes }] of answers.entries()) {
      expect(outcomes.map((o) => (o.kind === 'scored' ? o.values[3] : null))).toEqual([i, i + 40]);
    }
  });

  test('beyond the bound are refused with the time to come back, and nothing stays counted', async () => {
    const tight = await world.start({ maxQueued: 150 });
    const ids = Array.from({ length: 100 }, (_, i) => `c${i}`);
    const [first, second] = await Promise.allSettled([
      tight.context.dataPlane.predict('shop', ids),
      tight.context.dataPlane.predict('shop', ids),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { status: 503, retryAfterSeconds: 1 } });
    expect(tight.context.dataPlane.queued()).toBe(0);
    await tight.close();
  });
});

test('a project without a model is told what to do, and when to come back', async () => {
  await world.db.pool.query(`INSERT INTO project (project_id) VALUES ('empty')`);
  const { status, body, headers } = await ask({ customer_id: 'c1' }).set('X-Churn-Project', 'empty');
  expect(status).toBe(503);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(body.detail).toMatch('churn models promote');
});

test('the three metrics of predictions, and which version serves', async () => {
  const text = (await request(service.url).get('/metrics')).text;
  for (const name of ['prediction_requests_total', 'prediction_errors_total', 'prediction_latency_seconds'])
    expect(text).toContain(`# TYPE ${name} `);
  expect(text).toMatch(/model_version_info\{[^}]*project="shop",model="churn",version="1"[^}]*\} 1/);
  expect(text).toMatch(/http_requests_total\{[^}]*route="\/predict"[^}]*status="404"/);
});

async function sample(name: string): Promise<number> {
  const text = await service.context.metrics.registry.metrics();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (.+)$`, 'm').exec(text)?.[1] ?? 0);
}
